/** Notes, saved by themselves. A save names the version it builds on; when another window was first, nothing is lost. */
import { useCallback, useEffect, useRef, useState } from "react";
import { client } from "./client";
import { SaveNotesDocument, WalkNotesDocument, type NotesPartsFragment } from "../dist/gql";
import { explain } from "./words";

const IDLE_MS = 900;

interface Draft {
  key: string;
  id?: string;
  text: string;
  isStep: boolean;
  /** What the server last confirmed; null for a note it has not seen. */
  saved: string | null;
  /** Another window's text for the same note, while it is not decided which one stays. */
  theirs?: string;
}

type Notes = NotesPartsFragment["notes"];
type Status = "saved" | "dirty" | "saving" | "offline" | string;

const stamp = (draft: Pick<Draft, "text" | "isStep">): string => `${draft.isStep ? "+" : "-"}${draft.text}`;
const isDirty = (draft: Draft): boolean => (draft.saved === null ? draft.text.trim() !== "" : stamp(draft) !== draft.saved);
const blank = (index: number): Draft => ({ key: `note-${index}`, text: "", isStep: false, saved: null });
const fromServer = (note: Notes[number]): Draft => ({ key: note.id, id: note.id, text: note.text, isStep: note.isStep, saved: stamp(note) });

/** My drafts after the server's notes arrived: untouched ones follow the server, typed ones stay, both changed is said. */
export function reconcile(drafts: readonly Draft[], notes: Notes, viewerId: string): Draft[] {
  const mine = notes.filter((note) => note.author?.id === viewerId);
  const known = new Set(drafts.map((draft) => draft.id));
  const unclaimed = mine.filter((note) => !known.has(note.id));
  const kept = drafts.map((draft): Draft => {
    const twin = draft.id ? mine.find((note) => note.id === draft.id) : undefined;
    if (!draft.id) {
      const index = unclaimed.findIndex((note) => stamp(note) === draft.saved || note.text === draft.text);
      const adopted = draft.text.trim() && index >= 0 ? unclaimed.splice(index, 1)[0] : undefined;
      return adopted ? { ...draft, id: adopted.id, saved: stamp(adopted) } : draft;
    }
    // Saved blank, it was taken away; what is typed into it next is a new note.
    if (!twin) return { key: draft.key, text: draft.text, isStep: draft.isStep, saved: null };
    if (stamp(twin) === draft.saved) return draft;
    if (!isDirty(draft) || stamp(twin) === stamp(draft)) return { ...fromServer(twin), key: draft.key };
    return { ...draft, saved: stamp(twin), theirs: twin.text };
  });
  return [...kept, ...unclaimed.map(fromServer)];
}

function useNotes(session: NotesPartsFragment, viewerId: string) {
  const [drafts, setDrafts] = useState<Draft[]>(() => {
    const mine = reconcile([], session.notes, viewerId);
    return mine.length > 0 ? mine : [blank(0)];
  });
  const [others, setOthers] = useState(() => session.notes.filter((note) => note.author?.id !== viewerId));
  const [status, setStatus] = useState<Status>("saved");
  const version = useRef(session.notesVersion);
  const latest = useRef(drafts);
  const isSaving = useRef(false);
  latest.current = drafts;

  const adopt = useCallback(
    (fresh: NotesPartsFragment) => {
      version.current = fresh.notesVersion;
      latest.current = reconcile(latest.current, fresh.notes, viewerId);
      setDrafts(latest.current);
      setOthers(fresh.notes.filter((note) => note.author?.id !== viewerId));
    },
    [viewerId],
  );

  const save = useCallback(async () => {
    if (isSaving.current) return;
    const sent = latest.current.filter((draft) => draft.id || draft.text.trim());
    if (!sent.some(isDirty) || sent.some((draft) => draft.theirs !== undefined)) return;
    isSaving.current = true;
    setStatus("saving");
    const input = {
      sessionId: session.id,
      notes: sent.map(({ id, text, isStep }) => ({ id, text, isStep })),
      expectedNotesVersion: version.current,
    };
    const { data, error } = await client.mutation(SaveNotesDocument, { input }).toPromise();
    isSaving.current = false;
    const refusal = data?.saveNotes.errors[0];
    if (error) setStatus(error.networkError ? "offline" : explain(error));
    else if (refusal?.code === "STALE_NOTES") {
      const { data: now } = await client.query(WalkNotesDocument, { id: session.id }).toPromise();
      if (now?.walkSession) adopt(now.walkSession);
      setStatus("dirty");
    } else if (refusal) setStatus(refusal.message);
    else if (data?.saveNotes.session) {
      const confirmed = new Map(sent.map((draft) => [draft.key, stamp(draft)]));
      latest.current = latest.current.map((draft) => ({ ...draft, saved: confirmed.get(draft.key) ?? draft.saved }));
      adopt(data.saveNotes.session);
      setStatus(latest.current.some(isDirty) ? "dirty" : "saved");
    }
  }, [adopt, session.id]);

  useEffect(() => {
    if (!drafts.some(isDirty)) return undefined;
    const timer = setTimeout(() => void save(), status === "offline" ? 3_000 : IDLE_MS);
    return () => clearTimeout(timer);
  }, [drafts, status, save]);

  useEffect(() => {
    const flush = (): void => void save();
    const onHide = (): void => (document.hidden ? flush() : undefined);
    document.addEventListener("visibilitychange", onHide);
    addEventListener("online", flush);
    return () => {
      document.removeEventListener("visibilitychange", onHide);
      removeEventListener("online", flush);
      flush();
    };
  }, [save]);

  useEffect(() => {
    if (session.notesVersion > version.current && !isSaving.current) adopt(session);
  }, [session, adopt]);

  const change = (key: string, patch: Partial<Draft>): void => {
    setDrafts((before) => before.map((draft) => (draft.key === key ? { ...draft, ...patch } : draft)));
    setStatus("dirty");
  };
  const add = (): void => setDrafts((before) => [...before, blank(before.length)]);
  return { drafts, others, status, change, add, save };
}

const statusWords = (status: Status): string =>
  ({ saved: "Saved", dirty: "Not saved yet…", saving: "Saving…", offline: "No connection: kept here, saved when it is back" })[status] ?? status;

interface NotesProps {
  session: NotesPartsFragment;
  viewerId: string;
  canMarkSteps: boolean;
  /** After the end notes are only added; what stands in the record stays as it is. */
  isEnded: boolean;
}

export function Notes({ session, viewerId, canMarkSteps, isEnded }: NotesProps) {
  const { drafts, others, status, change, add, save } = useNotes(session, viewerId);
  return (
    <section className="notes" aria-label="Notes">
      <h2>Notes</h2>
      {others.map((note) => (
        <blockquote key={note.id}>
          <p>{note.text}</p>
          <footer>{note.author?.name ?? "Unknown"}{note.isStep ? ", a step" : ""}</footer>
        </blockquote>
      ))}
      {drafts.map((draft, index) => (
        <div key={draft.key} className="note">
          <label htmlFor={draft.key}>{drafts.length === 1 ? "Your note" : `Your note ${index + 1}`}</label>
          <textarea
            id={draft.key}
            rows={Math.min(10, Math.max(2, draft.text.split("\n").length))}
            value={draft.text}
            readOnly={isEnded && draft.id !== undefined}
            onChange={(event) => change(draft.key, { text: event.target.value })}
            onBlur={() => void save()}
          />
          {canMarkSteps && !isEnded && (
            <label className="check">
              <input type="checkbox" checked={draft.isStep} onChange={(event) => change(draft.key, { isStep: event.target.checked })} />
              This was a step (it becomes part of a proposal when the walk helped)
            </label>
          )}
          {draft.theirs !== undefined && (
            <div className="notice" role="alert">
              <p>Another window changed this note to: “{draft.theirs}”</p>
              <button type="button" onClick={() => change(draft.key, { theirs: undefined })}>Keep mine</button>
              <button type="button" onClick={() => change(draft.key, { text: draft.theirs, theirs: undefined })}>Take theirs</button>
            </div>
          )}
        </div>
      ))}
      <div className="row">
        <button type="button" className="quiet" onClick={add}>Add a note</button>
        <span className="soft" role="status">{drafts.some((draft) => draft.text) && statusWords(status)}</span>
      </div>
    </section>
  );
}
