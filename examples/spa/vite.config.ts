import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Served by Handrail itself under /app; `npm run dev` proxies the API of a server started with `make run`. */
const api = process.env.HANDRAIL_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  base: "/app/",
  plugins: [react()],
  build: { outDir: process.env.HANDRAIL_APP_DIR ?? "../../web/static/app", emptyOutDir: true, target: "es2022", assetsInlineLimit: 0 },
  server: { proxy: { "/graphql": { target: api, ws: true }, "/session": api } },
});
