/** What the forms share. Fields keep their own values; a form is read when it is sent. */
import { useCallback, useEffect, useId, useRef, useState, type ComponentProps, type FormEvent, type ReactNode } from "react";
import { Notice, tell } from "./tell";
import { explain, say } from "./words";

/** A field's text, or null when it is blank. */
export const textOf = (form: FormData, name: string): string | null => String(form.get(name) ?? "").trim() || null;

/** For `onSubmit`: the form's fields, and the browser does not leave the page. */
export const onForm = (send: (fields: FormData) => void) => (event: FormEvent<HTMLFormElement>): void => {
  event.preventDefault();
  send(new FormData(event.currentTarget));
};

/**
 * One thing at a time: the lock is taken at once, so the second click of a double click finds it taken. What goes wrong
 * is told. The promise says whether it went well.
 */
export function useTask() {
  const lock = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const run = useCallback(async (job: () => Promise<unknown>): Promise<boolean> => {
    if (lock.current) return false;
    lock.current = true;
    setBusy(true);
    tell(null);
    try {
      await job();
      return true;
    } catch (error) {
      tell(explain(error));
      return false;
    } finally {
      lock.current = false;
      setBusy(false);
    }
  }, []);
  return { isBusy, run };
}

export const Field = ({ label, ...rest }: { label: string } & ComponentProps<"input">) => (
  <label>{label} <input autoComplete="off" {...rest} /></label>
);

export const Check = ({ label, ...rest }: { label: string } & ComponentProps<"input">) => (
  <label className="check"><input type="checkbox" {...rest} /> {label}</label>
);

export const Select = ({ label, values, ...rest }: { label: string; values: readonly string[] } & ComponentProps<"select">) => (
  <label>
    {label}
    <select {...rest}>
      {values.map((value) => <option key={value} value={value}>{say(value)}</option>)}
    </select>
  </label>
);

interface ReasonProps {
  label: string;
  /** Names of the two fields: the choice, and the words. */
  names: [string, string];
  values: readonly string[];
  suggested: string;
  /** The choice that says nothing without words. */
  needsWords: string;
}

/** A choice with room for words. */
export function Reason({ label, names: [choice, words], values, suggested, needsWords }: ReasonProps) {
  const [chosen, choose] = useState(suggested);
  const isRequired = chosen === needsWords;
  return (
    <>
      <Select label={label} name={choice} values={values} value={chosen} onChange={(event) => choose(event.target.value)} />
      <label>
        In your words {!isRequired && "(optional)"}
        <textarea name={words} rows={3} required={isRequired} />
      </label>
    </>
  );
}

interface FormDialogProps {
  title: string;
  action: string;
  /** Sends the fields; what it throws is shown, and the dialog stays. */
  send: (fields: FormData) => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

/** A modal dialog with a form; the browser's own, so focus stays in it and returns afterwards. */
export function FormDialog({ title, action, send, onClose, children }: FormDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const { isBusy, run } = useTask();
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (fields: FormData): void => void run(() => send(fields)).then((isDone) => isDone && dialog.current?.close());
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <form onSubmit={onForm(submit)}>
        <h2 id={heading}>{title}</h2>
        {children}
        <Notice />
        <div className="row end">
          <button type="button" onClick={() => dialog.current?.close()}>Cancel</button>
          <button className="primary" aria-disabled={isBusy}>{isBusy ? "Sending…" : action}</button>
        </div>
      </form>
    </dialog>
  );
}
