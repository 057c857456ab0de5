/** GraphiQL's "Ready-made" pane: each main job opens in a tab of its own. */
import { useGraphiQL, useGraphiQLActions, type GraphiQLPlugin } from "@graphiql/react";
import { parse, validate, type GraphQLSchema } from "graphql";
import { useEffect, useMemo } from "react";
import { followSession } from "./follow";
import { recipes, type Recipe } from "./recipes";

/** Validation says nothing of an operation whose kind the schema does not have at all. */
const isOffered = (schema: GraphQLSchema, query: string): boolean =>
  (!query.startsWith("subscription") || Boolean(schema.getSubscriptionType())) && validate(schema, parse(query)).length === 0;

function ReadyMadePane() {
  const { addTab, updateActiveTabValues } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const schema = useGraphiQL((state) => state.schema);
  // What this server does not offer (subscriptions, say) or this caller may not see is not offered here either.
  const offered = useMemo(() => (schema ? recipes.filter(({ query }) => isOffered(schema, query)) : recipes), [schema]);
  const open = ({ query, variables }: Recipe): void => {
    addTab();
    queryEditor?.setValue(query);
    variableEditor?.setValue(variables);
    updateActiveTabValues({ query, variables });
  };
  return (
    <section className="hr-pane" aria-label="Ready-made">
      <h2>Ready-made</h2>
      <p>The main jobs, each in a tab of its own, with variables to change.</p>
      <ul className="hr-recipes">
        {offered.map((recipe) => (
          <li key={recipe.title}>
            <button type="button" onClick={() => open(recipe)}>
              <strong>{recipe.title}</strong>
              <span>{recipe.about}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Draws nothing: keeps the variables of the current tab in step with the walk in its result. */
export function FollowTheWalk() {
  const responseEditor = useGraphiQL((state) => state.responseEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const { updateActiveTabValues } = useGraphiQLActions();
  useEffect(() => {
    if (!responseEditor || !variableEditor) return undefined;
    const follow = (): void => {
      let result: unknown;
      try {
        result = JSON.parse(responseEditor.getValue());
      } catch {
        return;
      }
      const variables = followSession(variableEditor.getValue(), result);
      if (variables === null) return;
      variableEditor.setValue(variables);
      updateActiveTabValues({ variables });
    };
    const subscription = responseEditor.onDidChangeModelContent(follow);
    return () => subscription.dispose();
  }, [responseEditor, variableEditor, updateActiveTabValues]);
  return null;
}

const ReadyMadeIcon = () => (
  <svg viewBox="0 0 24 24" width="1em" height="1em" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
    <path d="M4 5h16M4 12h16M4 19h10" strokeLinecap="round" />
  </svg>
);

export const readyMadePlugin: GraphiQLPlugin = { title: "Ready-made", icon: ReadyMadeIcon, content: ReadyMadePane };
