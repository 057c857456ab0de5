/** What is said to the person: seen by everybody, or read out to those who do not see the screen change. */
import { create } from "zustand";

interface Told {
  announcement: string;
  notice: string | null;
  isGood: boolean;
}

const useTold = create<Told>()(() => ({ announcement: "", notice: null, isGood: false }));

/** Read out, politely; nothing changes on the screen. The same words twice are read twice only when the text differs. */
export const announce = (text: string): void =>
  useTold.setState(({ announcement }) => ({ announcement: text === announcement ? `${text}\u00a0` : text }));

/** Shown until it is dismissed or the next thing is done; null takes it away. */
export const tell = (notice: string | null, isGood = false): void => useTold.setState({ notice, isGood });

export function Announcer() {
  const text = useTold((told) => told.announcement);
  return <div className="unseen" role="status" aria-live="polite">{text}</div>;
}

export function Notice() {
  const { notice, isGood } = useTold();
  if (!notice) return null;
  return (
    <p className={isGood ? "notice good" : "notice"} role={isGood ? "status" : "alert"}>
      {notice} <button type="button" className="quiet" onClick={() => tell(null)}>OK</button>
    </p>
  );
}
