import { readFileSync } from "node:fs";
import graphql from "@graphql-eslint/eslint-plugin";
import { buildSchema, isObjectType } from "graphql";

// The recommended sets of @graphql-eslint. One rule is told what this API means by an id: what has one is unique
// everywhere and can be asked for by `node(id:)`; payloads, steps and nodes of a tree are parts of something else.
const schema = buildSchema(readFileSync("schema.graphql", "utf8"));
const isEntity = (type) => type.getInterfaces().some((one) => one.name === "Node");
const parts = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && !isEntity(type));
const schemaRules = {
  ...graphql.configs["flat/schema-recommended"].rules,
  "@graphql-eslint/strict-id-in-types": ["error", { exceptions: { types: parts.map((type) => type.name) } }],
};

export default [
  {
    files: ["**/*.graphql"],
    plugins: { "@graphql-eslint": graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: "./schema.graphql", documents: "./documents/*.graphql" } },
    },
  },
  { files: ["schema.graphql"], rules: schemaRules },
  { files: ["documents/*.graphql"], rules: graphql.configs["flat/operations-recommended"].rules },
];
