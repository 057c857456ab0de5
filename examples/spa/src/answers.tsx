/** What a node takes as its answer: one option, several, a value, or that something was done. */
import { useState, type FormEvent } from "react";
import type { Session, Walk } from "./use_walk";

type Node = NonNullable<Session["currentNode"]>;
type Kind<Name> = Extract<Node, { __typename: Name }>;
interface Props<N> {
  node: N;
  isBusy: boolean;
  answer: (value: string) => void;
}

const OneOf = ({ node, isBusy, answer }: Props<Kind<"QuestionNode">>) => (
  <ol className="answers">
    {node.options.map((option, index) => (
      <li key={option.value}>
        <button type="button" aria-disabled={isBusy} aria-keyshortcuts={index < 9 ? String(index + 1) : undefined} onClick={() => answer(option.value)}>
          {index < 9 && <kbd aria-hidden="true">{index + 1}</kbd>}
          <span>{option.label}</span>
        </button>
      </li>
    ))}
  </ol>
);

/** Several of the options; the server takes them as a JSON list of values. */
function AnyOf({ node, isBusy, answer }: Props<Kind<"MultiChoiceNode">>) {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    answer(JSON.stringify(new FormData(event.currentTarget).getAll("choice")));
  };
  return (
    <form className="values" onSubmit={submit}>
      <fieldset>
        <legend className="soft">All that apply</legend>
        {node.options.map((option) => (
          <label key={option.value} className="check">
            <input type="checkbox" name="choice" value={option.value} />
            {option.label}
          </label>
        ))}
      </fieldset>
      <button className="primary" aria-disabled={isBusy}>Continue</button>
    </form>
  );
}

function Value({ node, isBusy, answer }: Props<Kind<"DataInputNode">>) {
  const [value, setValue] = useState("");
  const field = { required: node.isRequired, value };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    answer(value.trim());
  };
  return (
    <form className="values" onSubmit={submit}>
      <label>
        {node.unit ? `Value in ${node.unit}` : "Value"} {!node.isRequired && <span className="soft">(optional)</span>}
        {node.inputType === "SELECT" ? (
          <select {...field} onChange={(event) => setValue(event.target.value)}>
            <option value="">Choose…</option>
            {node.options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
          </select>
        ) : (
          <input
            {...field}
            type={node.inputType === "DATE" ? "date" : "text"}
            inputMode={node.inputType === "NUMBER" ? "decimal" : undefined}
            onChange={(event) => setValue(event.target.value)}
          />
        )}
      </label>
      <button className="primary" aria-disabled={isBusy}>Continue</button>
    </form>
  );
}

export function Answers({ walk, session }: { walk: Walk; session: Session }) {
  const node = session.currentNode;
  const common = { isBusy: walk.isBusy, answer: walk.answer };
  if (!node || !session.viewerCanAnswer) return null;
  switch (node.__typename) {
    case "QuestionNode":
      return <OneOf node={node} {...common} />;
    case "MultiChoiceNode":
      return <AnyOf node={node} {...common} />;
    case "DataInputNode":
      return <Value node={node} {...common} />;
    case "InstructionNode":
      return (
        <p className="answers">
          <button type="button" className="primary" aria-disabled={walk.isBusy} aria-keyshortcuts="Enter" onClick={() => walk.answer("done")}>
            <kbd aria-hidden="true">Enter</kbd>
            <span>{node.acknowledgeLabel}</span>
          </button>
        </p>
      );
    default:
      return null; // an end of the tree: resolve and escalate are offered below it
  }
}
