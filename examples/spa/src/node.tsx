/** What is to be done now: a question, an instruction, a value to enter, the wait for a node, or the walk's end. */
import { useEffect, useRef, type ReactNode } from "react";
import { Check, onForm } from "./form";
import { post } from "./outbox";
import { announce } from "./tell";
import { liveSteps, type Session, type Walk } from "./walk";

type Node = NonNullable<Session["currentNode"]>;
type Kind<Name> = Extract<Node, { __typename: Name }>;

/** The heading of what is to be done now gets the focus when it changes: it is read out, and the keys work at once. */
function Heading({ about, className, children }: { about: string; className?: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const focus = (): void => heading.current?.focus();
    // Behind an open dialog nothing can be focused; when it closes, what it had come from may be gone.
    const dialog = document.querySelector("dialog[open]");
    if (dialog) dialog.addEventListener("close", focus, { once: true });
    else focus();
  }, [about]);
  return <h1 ref={heading} tabIndex={-1} className={className}>{children}</h1>;
}

/** Appears (by its style) once it has taken long enough for a person to wonder. */
function Waiting() {
  useEffect(() => announce("The next step is being worked out."), []);
  return (
    <div className="waiting">
      <div className="pulse" aria-hidden="true" />
      <p>Working out the next step…</p>
      <p className="soft">You can go on talking to the caller. It is kept when you leave this page, and you can escalate at any time.</p>
    </div>
  );
}

function OneOf({ node, isBusy, answer }: Walk & { node: Kind<"QuestionNode"> }) {
  return (
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
}

/** Several of the options; the server takes them as a JSON list of values. */
function AnyOf({ node, isBusy, answer }: Walk & { node: Kind<"MultiChoiceNode"> }) {
  return (
    <form className="values" onSubmit={onForm((fields) => answer(JSON.stringify(fields.getAll("choice"))))}>
      <fieldset>
        <legend className="soft">All that apply</legend>
        {node.options.map((option) => <Check key={option.value} label={option.label} name="choice" value={option.value} />)}
      </fieldset>
      <button className="primary" aria-disabled={isBusy}>Continue</button>
    </form>
  );
}

function Value({ node, isBusy, answer }: Walk & { node: Kind<"DataInputNode"> }) {
  const field = { name: "value", required: node.isRequired };
  return (
    <form className="values" onSubmit={onForm((fields) => answer(String(fields.get("value")).trim()))}>
      <label>
        {node.unit ? `Value in ${node.unit}` : "Value"} {!node.isRequired && <span className="soft">(optional)</span>}
        {node.inputType === "SELECT" ? (
          <select {...field}>
            <option value="">Choose…</option>
            {node.options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
          </select>
        ) : (
          <input {...field} type={node.inputType === "DATE" ? "date" : "text"} inputMode={node.inputType === "NUMBER" ? "decimal" : undefined} />
        )}
      </label>
      <button className="primary" aria-disabled={isBusy}>Continue</button>
    </form>
  );
}

/** What a node takes as its answer; an end of the tree takes none, resolve and escalate are offered below it. */
function Answers({ node, ...walk }: Walk & { node: Node }) {
  if (node.__typename === "QuestionNode") return <OneOf node={node} {...walk} />;
  if (node.__typename === "MultiChoiceNode") return <AnyOf node={node} {...walk} />;
  if (node.__typename === "DataInputNode") return <Value node={node} {...walk} />;
  if (node.__typename !== "InstructionNode") return null;
  return (
    <p className="answers">
      <button type="button" className="primary" aria-disabled={walk.isBusy} aria-keyshortcuts="Enter" onClick={() => walk.answer("done")}>
        <kbd aria-hidden="true">Enter</kbd>
        <span>{node.acknowledgeLabel}</span>
      </button>
    </p>
  );
}

function Served({ node, ...walk }: Walk & { node: Node }) {
  const { session, isBusy } = walk;
  const place = `${session.step}:${node.nodeId}`;
  return (
    <>
      <Heading about={place}>{node.text}</Heading>
      {node.detail && <p className="detail">{node.detail}</p>}
      {node.howTo && (
        <details>
          <summary>How to</summary>
          <p className="detail">{node.howTo}</p>
        </details>
      )}
      {node.__typename === "ResolvedNode" && node.suggestedResolution && <p className="detail">{node.suggestedResolution}</p>}
      {session.viewerCanAnswer && <Answers key={place} node={node} {...walk} />}
      {isBusy && session.kind === "AI_BUILD" && <Waiting />}
    </>
  );
}

function Ways({ session, isBusy, back, end }: Walk) {
  const kind = session.currentNode?.__typename;
  const style = (wanted: string): string => (kind === wanted ? "primary" : "quiet");
  return (
    <div className="row actions">
      {session.viewerCanResolve && liveSteps(session).length > 0 && (
        <button type="button" className="quiet" aria-disabled={isBusy} aria-keyshortcuts="Backspace" onClick={back}>
          <kbd aria-hidden="true">Bksp</kbd> Back
        </button>
      )}
      <span className="gap" />
      {session.viewerCanEscalate && (
        <button type="button" className={style("EscalateNode")} aria-keyshortcuts="E" onClick={() => end("escalate")}>
          <kbd aria-hidden="true">E</kbd> Escalate
        </button>
      )}
      {session.viewerCanResolve && (
        <button type="button" className={style("ResolvedNode")} aria-keyshortcuts="R" onClick={() => end("resolve")}>
          <kbd aria-hidden="true">R</kbd> Resolve
        </button>
      )}
    </div>
  );
}

function Awaited({ kind }: Session) {
  if (kind !== "ADHOC")
    return (
      <>
        <Heading about="waiting" className="unseen">Working out the next step</Heading>
        <Waiting />
      </>
    );
  return (
    <>
      <Heading about="free-form">Free-form walk</Heading>
      <p>Write down what you try in the notes, then resolve or escalate.</p>
    </>
  );
}

export function NodeCard(walk: Walk) {
  const { currentNode: node, disclaimer } = walk.session;
  return (
    <section className={`card node ${node?.__typename ?? ""}`}>
      {disclaimer && <p className="disclaimer">{disclaimer}</p>}
      {node ? <Served node={node} {...walk} /> : <Awaited {...walk.session} />}
      <Ways {...walk} />
    </section>
  );
}

const endings = { ACTIVE: "", RESOLVED: "Resolved.", ESCALATED: "Handed to the engineers.", ABANDONED: "This walk was ended without a result." };

export function Ended({ session, run }: Walk) {
  return (
    <section className={`card node ended ${session.status}`}>
      <Heading about={session.status}>{endings[session.status]}</Heading>
      {session.resolutionNotes && <p className="detail">{session.resolutionNotes}</p>}
      <div className="row actions">
        <a className="button primary" href="#/">Next call</a>
        <button type="button" className="quiet" onClick={() => run(() => post("continueWalk", { sessionId: session.id }))}>
          {session.status === "ESCALATED" ? "Returned to you? Go on with it" : "Go on with this walk"}
        </button>
      </div>
    </section>
  );
}
