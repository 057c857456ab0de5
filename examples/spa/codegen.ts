import type { CodegenConfig } from "@graphql-codegen/cli";

/** Types from the server's committed schema: a change that breaks these screens fails the build. */
const config: CodegenConfig = {
  schema: process.env.HANDRAIL_SCHEMA ?? "../../schema/schema.graphql",
  documents: "src/**/*.graphql",
  generates: {
    "dist/gql.ts": {
      plugins: ["typescript-operations", "typed-document-node"],
      config: {
        enumType: "const",
        namingConvention: { enumValues: "keep" },
        scalars: { DateTime: "string", JSON: "unknown", ID: "string" },
        useTypeImports: true,
        inlineFragmentTypes: "combine",
        skipTypename: false,
      },
    },
  },
};

export default config;
