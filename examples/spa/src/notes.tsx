/**
 * Notes, saved by themselves. The note being written stays in sessionStorage, so that neither a reload nor a dropped
 * connection loses a word; a save names the version it builds on, so that nobody else's is overwritten.
 */
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useClient } from "urql";
import { create } from "zustand";
import { createJSONStorage, persist } from "zustand/middleware";
import { SaveNotesDocument, WalkNotesDocument, type NotesPartsFragment } from "../dist/gql";
import { Check } from "./form";
import { useViewer } from "./live";
import { Quote } from "./record";
import type { Session } from "./walk";
import { explain, list } from "./words";

const IDLE_MS = 900;
const OFFLINE_MS = 3_000;
const OFFLINE = "No connection: kept here, saved when it is back";

type Note = NotesPartsFragment["notes"][number];

interface Draft {
  /** The note it is in the record; none before its first save. */
  id?: string;
  text: string;
  isStep: boolean;
  /** The record's text when it was last known to be the same as here. */
  base: string;
  /** What was last sent, and the notes there were before: a new one with this text is ours, even if the reply got lost. */
  sent?: string;
  known: string[];
}

const EMPTY: Draft = { text: "", isStep: false, base: "", known: [] };

/** The note being written, by person and walk. */
export const useDrafts = create<Record<string, Draft>>()(
  persist(() => ({}), { name: "handrail.notes", storage: createJSONStorage(() => sessionStorage) }),
);

/** The draft after the record changed. When another window changed the same note, this text becomes a note of its own. */
export function follow(draft: Draft, mine: readonly Note[]): Draft {
  const isOurs = ({ id, text }: Note): boolean => (draft.id ? id === draft.id : text === draft.sent && !draft.known.includes(id));
  const note = mine.find(isOurs);
  if (note && [draft.sent, draft.text, draft.base].includes(note.text)) return { ...draft, id: note.id, base: note.text };
  if (!draft.id) return draft;
  return draft.text === draft.base ? EMPTY : { ...draft, id: undefined, base: "" };
}

/** Saves one note; resolves to what is wrong, or null. The record as it is then comes with the session. */
function useSave({ id: sessionId, notesVersion }: Session): (draft: Draft) => Promise<string | null> {
  const client = useClient();
  return async ({ id, text, isStep }) => {
    const input = { sessionId, notes: [{ id, text, isStep }], expectedNotesVersion: notesVersion };
    const { data, error } = await client.mutation(SaveNotesDocument, { input }).toPromise();
    if (error) return error.networkError ? OFFLINE : explain(error);
    const refusal = data?.saveNotes.errors[0];
    if (refusal?.code !== "STALE_NOTES") return refusal?.message ?? null;
    await client.query(WalkNotesDocument, { id: sessionId }, { requestPolicy: "network-only" }).toPromise();
    return null;
  };
}

function useDraft(session: Session, place: string, mine: readonly Note[]) {
  const draft = useDrafts((all) => all[place]) ?? EMPTY;
  const [problem, setProblem] = useState<string | null>(null);
  const [saves, setSaves] = useState(0);
  const isSaving = useRef(false);
  const send = useSave(session);
  const note = mine.find(({ id }) => id === draft.id);
  const isChanged = note ? draft.text !== note.text || draft.isStep !== note.isStep : draft.text.trim() !== "";
  // What was refused is tried again when it was changed, not before.
  const isRefused = problem !== null && problem !== OFFLINE && draft.text === draft.sent;
  const write = (next: (before: Draft) => Draft): void => {
    useDrafts.setState((all) => ({ [place]: next(all[place] ?? EMPTY) }));
  };
  const save = async (): Promise<void> => {
    if (isSaving.current || !isChanged) return;
    isSaving.current = true;
    write((before) => ({ ...before, sent: before.text, known: mine.map(({ id }) => id) }));
    setProblem(await send(draft));
    isSaving.current = false;
    setSaves((before) => before + 1);
  };
  const autosave = useEffectEvent(() => void save());
  const adopt = useEffectEvent(() => write((before) => follow(before, mine)));
  useEffect(() => adopt(), [session.notes]);
  useEffect(() => {
    if (!isChanged || isRefused) return undefined;
    const timer = setTimeout(() => autosave(), problem ? OFFLINE_MS : IDLE_MS);
    return () => clearTimeout(timer);
  }, [isChanged, isRefused, problem, draft.text, draft.isStep, saves]);
  useEffect(() => {
    const flush = (): void => autosave();
    addEventListener("online", flush);
    document.addEventListener("visibilitychange", flush);
    return () => {
      removeEventListener("online", flush);
      document.removeEventListener("visibilitychange", flush);
      flush();
    };
  }, []);
  return { draft, write, save, isChanged, state: isChanged ? (problem ?? "Not saved yet…") : "Saved" };
}

export function Notes({ session }: { session: Session }) {
  const viewer = useViewer();
  const isMine = (note: Note): boolean => note.author?.id === viewer.id;
  const { draft, write, save, isChanged, state } = useDraft(session, `${viewer.id} ${session.id}`, session.notes.filter(isMine));
  const isActive = session.status === "ACTIVE";
  return (
    <section className="notes" aria-label="Notes">
      <h2>Notes</h2>
      {session.notes.filter((note) => note.id !== draft.id).map((note) => (
        <Quote key={note.id} text={note.text} by={list(note.author?.name, note.isStep && "a step")}>
          {isActive && !isChanged && isMine(note) && (
            <button type="button" className="quiet" onClick={() => write(() => ({ ...EMPTY, ...note, base: note.text }))}>Edit</button>
          )}
        </Quote>
      ))}
      <div className="note">
        <label>
          Your note
          <textarea
            rows={3}
            value={draft.text}
            readOnly={!isActive && draft.id !== undefined}
            onChange={(event) => write((before) => ({ ...before, text: event.target.value }))}
            onBlur={() => void save()}
          />
        </label>
        {isActive && session.kind === "ADHOC" && (
          <Check
            label="This was a step (it becomes part of a proposal when the walk helped)"
            checked={draft.isStep}
            onChange={(event) => write((before) => ({ ...before, isStep: event.target.checked }))}
          />
        )}
      </div>
      <div className="row">
        <span className="soft" role="status">{draft.text && state}</span>
        {draft.id && !isChanged && <button type="button" className="quiet" onClick={() => write(() => EMPTY)}>Add another note</button>}
      </div>
    </section>
  );
}
