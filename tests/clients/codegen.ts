import type { CodegenConfig } from "@graphql-codegen/cli";

/** The usual plugins with the usual options, as `examples/spa` uses them. */
const config: CodegenConfig = {
  schema: "schema.graphql",
  documents: "documents/*.graphql",
  generates: {
    "src/gql.ts": {
      plugins: ["typescript-operations", "typed-document-node"],
      config: {
        enumType: "string-literal",
        scalars: { DateTime: "string", Date: "string", Decimal: "string", JSON: "unknown", ID: "string" },
        useTypeImports: true,
      },
    },
  },
};

export default config;
