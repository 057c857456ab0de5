/** One escalation: the hand-off package as the technician left it, and what an engineer does with it. */
import { useState, type FormEvent } from "react";
import { useQuery } from "urql";
import { announce } from "./announce";
import { send } from "./client";
import { FormDialog } from "./finish";
import { AddEscalationNoteDocument, CloseEscalationDocument, HandOffDocument, ReleaseEscalationDocument, type EscalationOutcome, type HandOffQuery } from "../dist/gql";
import { claim } from "./queue";
import { clock, explain, say, since } from "./words";

type HandOff = NonNullable<HandOffQuery["escalation"]>;
const outcomes: EscalationOutcome[] = ["RESOLVED", "RETURNED_TO_L1", "DUPLICATE", "NO_ACTION"];

function CloseDialog({ id, onClose, onDone }: { id: string; onClose: () => void; onDone: () => void }) {
  const [outcome, setOutcome] = useState<EscalationOutcome>("RESOLVED");
  const [notes, setNotes] = useState("");
  const submit = async (): Promise<string | null> => {
    const { closeEscalation } = await send(CloseEscalationDocument, { input: { escalationId: id, outcome, notes: notes.trim() || null } });
    if (closeEscalation.errors[0]) return closeEscalation.errors[0].message;
    announce(`Closed: ${say(outcome)}.`);
    onDone();
    return null;
  };
  return (
    <FormDialog title="Close" action="Close it" onSubmit={submit} onClose={onClose}>
      <label>
        Outcome
        <select value={outcome} onChange={(event) => setOutcome(event.target.value as EscalationOutcome)} autoFocus>
          {outcomes.map((value) => <option key={value} value={value}>{say(value)}</option>)}
        </select>
      </label>
      <label>
        Notes {outcome === "RETURNED_TO_L1" ? "for the technician" : "(optional)"}
        <textarea rows={4} required={outcome === "RETURNED_TO_L1"} value={notes} onChange={(event) => setNotes(event.target.value)} />
      </label>
    </FormDialog>
  );
}

function Lines({ title, lines }: { title: string; lines: readonly string[] | null | undefined }) {
  if (!lines?.length) return null;
  return (
    <>
      <h2>{title}</h2>
      <ul>{lines.map((line, index) => <li key={index}>{line}</li>)}</ul>
    </>
  );
}

function Package({ item }: { item: HandOff }) {
  const pack = item.package;
  if (!pack) return <p className="card">The package of this escalation is not yours to read.</p>;
  return (
    <section className="card package">
      <h2>What was done</h2>
      {pack.steps.length === 0 && <p className="soft">It was escalated without a step.</p>}
      <ol>
        {pack.steps.map((step) => (
          <li key={step.step}>
            <span>{step.question}</span>
            <strong>{step.answerLabel}</strong>
            {step.note && <em>{step.note}</em>}
            <small>{clock(step.answeredAt)}</small>
          </li>
        ))}
      </ol>
      <Lines title="Ruled out" lines={pack.ruledOut} />
      <Lines title="Still open" lines={pack.openQuestions} />
      <Lines title="The technician’s notes" lines={pack.notes.map((note) => note.text)} />
    </section>
  );
}

function NoteForm({ id, onDone }: { id: string; onDone: () => void }) {
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    send(AddEscalationNoteDocument, { input: { escalationId: id, text: text.trim() } })
      .then(({ addEscalationNote }) => {
        setProblem(addEscalationNote.errors[0]?.message ?? null);
        if (addEscalationNote.errors.length) return;
        setText("");
        announce("Note added.");
        onDone();
      })
      .catch((error: unknown) => setProblem(explain(error)));
  };
  return (
    <form onSubmit={submit}>
      <label>
        Add a note
        <textarea rows={2} required value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      {problem && <p className="notice" role="alert">{problem}</p>}
      <button>Add</button>
    </form>
  );
}

export function HandOffScreen({ id, viewerId }: { id: string; viewerId: string }) {
  const [{ data, error, fetching }, refresh] = useQuery({ query: HandOffDocument, variables: { id } });
  const [notice, setNotice] = useState<string | null>(null);
  const [isClosing, setClosing] = useState(false);
  const act = (job: () => Promise<string | null>): void =>
    void job()
      .then(setNotice, (failure: unknown) => setNotice(explain(failure)))
      .finally(refresh);
  const release = async (): Promise<string | null> => {
    const { releaseEscalation } = await send(ReleaseEscalationDocument, { input: { escalationId: id } });
    if (!releaseEscalation.errors[0]) announce("Released: it waits in the queue again.");
    return releaseEscalation.errors[0]?.message ?? null;
  };
  const item = data?.escalation;
  if (!item) return <p role="status">{fetching ? "Opening the hand-off…" : error ? explain(error) : "There is no such escalation, or it is not yours to see."} <a href="#/queue">To the queue</a></p>;
  const isMine = item.status === "CLAIMED" && item.claimedBy?.id === viewerId;
  return (
    <article className="walk">
      <div>
        <header className="facts">
          <p className="soft"><a href="#/queue">Queue</a> · {say(item.status)} · waits {since(item.escalatedAt)}{item.session && ` · walk ${item.session.number}`}</p>
          <h1>{item.package?.symptom ?? item.session?.problem}</h1>
          <p className="soft">{[item.package?.companyName ?? item.session?.companyName, item.priority && `${say(item.priority)} priority`, item.isCustomerWaiting && "the caller is on the line"].filter(Boolean).join(" · ")}</p>
          <p className="problem">{item.reasonCategory && say(item.reasonCategory)}{item.reason && `: ${item.reason}`}</p>
        </header>
        {notice && <p className="notice" role="alert">{notice}</p>}
        <div className="row actions">
          {item.viewerCanClaim && !item.claimedBy && <button type="button" className="primary" onClick={() => act(() => claim(id))}>Claim</button>}
          {isMine && <button type="button" className="primary" onClick={() => setClosing(true)}>Close…</button>}
          {isMine && <button type="button" className="quiet" onClick={() => act(release)}>Release</button>}
          {item.claimedBy && <span className="soft">{isMine ? "You have claimed this." : `${item.claimedBy.name} has claimed this.`}</span>}
        </div>
        <Package item={item} />
      </div>
      <aside>
        <section className="notes">
          <h2>Engineers’ notes</h2>
          {(item.notes ?? []).map((note) => (
            <blockquote key={note.id}>
              <p>{note.text}</p>
              <footer>{note.author?.name}, {clock(note.createdAt)}</footer>
            </blockquote>
          ))}
          <NoteForm id={id} onDone={refresh} />
        </section>
      </aside>
      {isClosing && <CloseDialog id={id} onClose={() => setClosing(false)} onDone={refresh} />}
    </article>
  );
}
