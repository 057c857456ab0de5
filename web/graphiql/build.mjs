// Bundles GraphiQL into web/static/graphiql: one entry, Monaco's three workers, and Mermaid as chunks loaded on demand.
import { build } from "esbuild";
import { copyFile, mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const outdir = resolve(process.env.HANDRAIL_STATIC_DIR ?? join(here, "../static"), "graphiql");
const common = { bundle: true, minify: true, target: "es2022", logLevel: "warning", legalComments: "none" };

// Mermaid carries some thirty kinds of diagram. We draw flowcharts; the other kinds are left out of the bundle.
const flowchartsOnly = {
  name: "flowcharts-only",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/chunks\/mermaid\.core\/|^\.\// }, ({ path, kind, importer }) => {
      if (kind !== "dynamic-import" || !importer.includes(join("node_modules", "mermaid"))) return undefined;
      return /flowDiagram|dagre/.test(path) ? undefined : { path, namespace: "left-out" };
    });
    onResolve({ filter: /^(katex|cytoscape.*|@mermaid-js\/.*)$/ }, ({ path, kind }) =>
      kind === "dynamic-import" ? { path, namespace: "left-out" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "left-out" }, () => ({ contents: "export const diagram = {}; export default {};" }));
  },
};

const workers = {
  "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
  "json.worker": "monaco-editor/esm/vs/language/json/json.worker.js",
  "graphql.worker": "monaco-graphql/esm/graphql.worker.js",
};

const started = Date.now();
await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
await build({ ...common, format: "iife", outdir, entryPoints: workers, define: { "process.env.NODE_ENV": '"production"' } });
await build({
  ...common,
  format: "esm",
  splitting: true,
  outdir,
  absWorkingDir: here,
  entryPoints: { main: "src/main.tsx" },
  chunkNames: "chunks/[name]-[hash]",
  assetNames: "assets/[name]-[hash]",
  loader: { ".ttf": "file", ".woff2": "file", ".woff": "file" },
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [flowchartsOnly],
});
await copyFile(join(here, "index.html"), join(outdir, "index.html"));

let bytes = 0;
for (const name of await readdir(outdir, { recursive: true })) {
  const info = await stat(join(outdir, name));
  if (!info.isFile()) continue;
  bytes += info.size;
  // A page that fetched its code from elsewhere would be blank without a network, and a hole in the policy with one.
  if (/\.(js|css|html)$/.test(name) && /unpkg\.com|jsdelivr\.net|cdnjs\.|esm\.sh|fonts\.googleapis/.test(await readFile(join(outdir, name), "utf8")))
    throw new Error(`${name} names a content delivery network`);
}
console.log(`${outdir}: ${(bytes / 1e6).toFixed(1)} MB in ${((Date.now() - started) / 1000).toFixed(1)} s`);
