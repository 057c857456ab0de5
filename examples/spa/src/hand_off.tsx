/** One escalation: the hand-off package as the technician left it, and what an engineer does with it. */
import { useRef, useState } from "react";
import {
  AddEscalationNoteDocument,
  CloseEscalationDocument,
  HandOffDocument,
  ReleaseEscalationDocument,
  type EscalationOutcome,
  type HandOffQuery,
} from "../dist/gql";
import { FormDialog, onForm, Reason, textOf, useTask } from "./form";
import { useLive, useViewer } from "./live";
import { call } from "./outbox";
import { claim } from "./queue";
import { Quote, Steps } from "./record";
import { announce } from "./tell";
import { clock, explain, list, say, since } from "./words";

type HandOff = NonNullable<HandOffQuery["escalation"]>;
const outcomes: EscalationOutcome[] = ["RESOLVED", "RETURNED_TO_L1", "DUPLICATE", "NO_ACTION"];

function CloseDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const send = async (fields: FormData): Promise<void> => {
    const outcome = textOf(fields, "outcome") as EscalationOutcome;
    await call(CloseEscalationDocument, { input: { escalationId: id, outcome, notes: textOf(fields, "notes") } });
    announce(`Closed: ${say(outcome)}.`);
  };
  return (
    <FormDialog title="Close" action="Close it" send={send} onClose={onClose}>
      <Reason label="Outcome" names={["outcome", "notes"]} values={outcomes} suggested="RESOLVED" needsWords="RETURNED_TO_L1" />
    </FormDialog>
  );
}

function Lines({ title, lines }: { title: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <h2>{title}</h2>
      <ul>{lines.map((line, index) => <li key={index}>{line}</li>)}</ul>
    </>
  );
}

function Package({ item: { package: pack } }: { item: HandOff }) {
  return (
    <section className="card package">
      <h2>What was done</h2>
      <Steps steps={pack.steps} none="It was escalated without a step." />
      <Lines title="Ruled out" lines={pack.ruledOut} />
      <Lines title="Still open" lines={pack.openQuestions} />
      <Lines title="The technician’s notes" lines={pack.notes.map((note) => note.text)} />
    </section>
  );
}

function EngineersNotes({ item }: { item: HandOff }) {
  const form = useRef<HTMLFormElement>(null);
  const { isBusy, run } = useTask();
  const add = (fields: FormData): void =>
    void run(async () => {
      await call(AddEscalationNoteDocument, { input: { escalationId: item.id, text: textOf(fields, "text") ?? "" } });
      form.current?.reset();
      announce("Note added.");
    });
  return (
    <section className="notes">
      <h2>Engineers’ notes</h2>
      {item.notes.map((note) => <Quote key={note.id} text={note.text} by={list(note.author?.name, clock(note.createdAt))} />)}
      <form ref={form} onSubmit={onForm(add)}>
        <label>
          Add a note
          <textarea name="text" rows={2} required />
        </label>
        <button aria-disabled={isBusy}>Add</button>
      </form>
    </section>
  );
}

function Facts({ item }: { item: HandOff }) {
  const { session, package: pack, priority, isCustomerWaiting, reasonCategory, reason } = item;
  return (
    <header className="facts">
      <p className="soft"><a href="#/queue">Queue</a> · {list(say(item.status), `waits ${since(item.escalatedAt)}`, session && `walk ${session.number}`)}</p>
      <h1>{pack.symptom}</h1>
      <p className="soft">{list(pack.companyName, `${say(priority)} priority`, isCustomerWaiting && "the caller is on the line")}</p>
      <p className="problem">{say(reasonCategory)}{reason && `: ${reason}`}</p>
    </header>
  );
}

function Actions({ item }: { item: HandOff }) {
  const viewer = useViewer();
  const { run } = useTask();
  const [isClosing, setClosing] = useState(false);
  const { id, claimedBy, status } = item;
  const isMine = status === "CLAIMED" && claimedBy?.id === viewer.id;
  const release = async (): Promise<void> => {
    await call(ReleaseEscalationDocument, { input: { escalationId: id } });
    announce("Released: it waits in the queue again.");
  };
  return (
    <div className="row actions">
      {item.viewerCanClaim && !claimedBy && <button type="button" className="primary" onClick={() => void run(() => claim(id))}>Claim</button>}
      {isMine && <button type="button" className="primary" onClick={() => setClosing(true)}>Close…</button>}
      {isMine && <button type="button" className="quiet" onClick={() => void run(release)}>Release</button>}
      {claimedBy && <span className="soft">{isMine ? "You have claimed this." : `${claimedBy.name} has claimed this.`}</span>}
      {isClosing && <CloseDialog id={id} onClose={() => setClosing(false)} />}
    </div>
  );
}

export function HandOffScreen({ id }: { id: string }) {
  const { data, error, isLoading } = useLive(HandOffDocument, { id });
  const item = data?.escalation;
  if (!item) {
    const missing = error ? explain(error) : "There is no such escalation, or it is not yours to see.";
    return <p role="status">{isLoading ? "Opening the hand-off…" : missing} <a href="#/queue">To the queue</a></p>;
  }
  return (
    <article className="walk">
      <div>
        <Facts item={item} />
        <Actions item={item} />
        <Package item={item} />
      </div>
      <aside>
        <EngineersNotes item={item} />
      </aside>
    </article>
  );
}
