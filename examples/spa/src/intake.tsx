/** The start of a call: the problem in the caller's words; suggestions and out of scope are choices, not dead ends. */
import { useEffect, useRef, useState } from "react";
import { MyActiveWalksDocument, type IntakeInput, type Priority } from "../dist/gql";
import { nextCall, useIntake, type Outcome } from "./commands";
import { EscalateDialog, priorities } from "./escalate";
import { Field, onForm, Select, textOf, useTask } from "./form";
import { useLive } from "./live";
import { post, useOutbox } from "./outbox";
import { list, say, since } from "./words";

type Call = Pick<IntakeInput, "problem" | "customerName" | "customerContact" | "companyName" | "priority" | "ticket">;
type Way = Pick<IntakeInput, "flowId" | "adhoc" | "forceBuild">;

interface ChoicesProps {
  outcome: Outcome;
  start: (way: Way) => void;
  escalate: () => void;
}

function Choices({ outcome, start, escalate }: ChoicesProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [outcome]);
  if (outcome.__typename === "FlowsSuggested")
    return (
      <section className="card choices">
        <h2 ref={heading} tabIndex={-1}>Is it one of these?</h2>
        <ul>
          {outcome.suggestions.map(({ flow, score, reason }) => flow && (
            <li key={flow.id}>
              <button type="button" onClick={() => start({ flowId: flow.id })}>
                <strong>{flow.title}</strong>
                <small>{list(`${Math.round(score * 100)} % fit`, reason)}</small>
              </button>
            </li>
          ))}
        </ul>
        <div className="row">
          {outcome.canBuild && <button type="button" onClick={() => start({ forceBuild: true })}>None fits: build a walk step by step</button>}
          <button type="button" onClick={() => start({ adhoc: true })}>Free-form walk</button>
          <button type="button" onClick={escalate}>Escalate</button>
        </div>
      </section>
    );
  if (outcome.__typename !== "OutOfScope") return null;
  return (
    <section className="card choices">
      <h2 ref={heading} tabIndex={-1}>No guided walk for this</h2>
      <p>
        Handrail does not build one here: {say(outcome.outOfScopeReason).toLowerCase()}
        {outcome.category && ` (${say(outcome.category)})`}. You can still work on it freely, or hand it over.
      </p>
      <div className="row">
        {outcome.canWalkAdhoc && <button type="button" className="primary" onClick={() => start({ adhoc: true })}>Free-form walk</button>}
        {outcome.canEscalate && <button type="button" onClick={escalate}>Escalate</button>}
      </div>
    </section>
  );
}

function OpenWalks() {
  const { data } = useLive(MyActiveWalksDocument, {});
  const walks = data?.viewer?.activeWalkSessions?.nodes ?? [];
  if (walks.length === 0) return null;
  return (
    <section className="open-walks">
      <h2>Your open walks</h2>
      <ul className="list">
        {walks.map((walk) => (
          <li key={walk.id}>
            <a href={`#/walk/${walk.id}`}>
              <strong>{walk.problem}</strong>
              <small>{list(`Walk ${walk.number}`, walk.customerName, walk.companyName, `last step ${since(walk.lastStepAt)} ago`)}</small>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

const readCall = (fields: FormData): Call => {
  const externalId = textOf(fields, "ticket");
  return {
    problem: textOf(fields, "problem") ?? "",
    customerName: textOf(fields, "customerName"),
    customerContact: textOf(fields, "customerContact"),
    companyName: textOf(fields, "companyName"),
    priority: textOf(fields, "priority") as Priority,
    ticket: externalId ? { externalId } : null,
  };
};

function CallForm() {
  const form = useRef<HTMLFormElement>(null);
  const { outcome } = useIntake();
  const unsent = useOutbox((outbox) => outbox.unsent.find(({ name }) => name === "intake"));
  // A call that was on its way when the page was reloaded still stands in the form.
  const [before] = useState<Partial<Call>>(() => unsent?.input as Call | undefined ?? {});
  const [escalating, setEscalating] = useState<Call | null>(null);
  const task = useTask();
  const isBusy = task.isBusy || unsent !== undefined;
  const start = (way: Way): void => {
    if (isBusy || !form.current?.reportValidity()) return;
    const call = readCall(new FormData(form.current));
    void task.run(() => post("intake", { ...call, ...way }));
  };
  const escalate = (): void => {
    if (form.current?.reportValidity()) setEscalating(readCall(new FormData(form.current)));
  };
  return (
    <>
      <form ref={form} className="card" onSubmit={onForm(() => start({}))} aria-busy={isBusy}>
        <h1>New call</h1>
        <label>
          What does the caller say?
          <textarea name="problem" required rows={3} autoFocus placeholder="In their words" defaultValue={before.problem} />
        </label>
        <div className="fields">
          <Field label="Caller" name="customerName" defaultValue={before.customerName ?? ""} />
          <Field label="Reached at" name="customerContact" defaultValue={before.customerContact ?? ""} />
          <Field label="Company" name="companyName" defaultValue={before.companyName ?? ""} />
          <Field label="Ticket" name="ticket" defaultValue={before.ticket?.externalId ?? ""} placeholder="None: one is made" />
          <Select label="Priority" name="priority" values={priorities} defaultValue={before.priority ?? "NORMAL"} />
        </div>
        <div className="row">
          <button className="primary" aria-disabled={isBusy}>{isBusy ? "Looking for a flow…" : "Find the way"}</button>
          <button type="button" className="quiet" onClick={() => start({ adhoc: true })}>Free-form walk</button>
          <button type="button" className="quiet" onClick={escalate}>Escalate at once</button>
        </div>
      </form>
      {outcome && <Choices outcome={outcome} start={start} escalate={escalate} />}
      {escalating && (
        <EscalateDialog
          suggested="OUT_OF_SCOPE"
          priority={escalating.priority ?? "NORMAL"}
          send={(answers) => post("escalateWithoutWalk", { ...escalating, ...answers })}
          onClose={() => setEscalating(null)}
        />
      )}
    </>
  );
}

export function IntakeScreen() {
  const { call } = useIntake();
  useEffect(() => nextCall, []);
  return (
    <div className="intake">
      <CallForm key={call} />
      <OpenWalks />
    </div>
  );
}
