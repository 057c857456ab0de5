/** What the forms share. Fields keep their own values; a form is read when it is sent. */
import { useCallback, useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from "react";
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

interface FieldProps {
  label: string;
  name: string;
  before: string | null | undefined;
  placeholder?: string;
}

export function Field({ label, name, before, placeholder }: FieldProps) {
  return <label>{label} <input name={name} autoComplete="off" defaultValue={before ?? ""} placeholder={placeholder} /></label>;
}

interface SelectProps<Value extends string> {
  label: string;
  name: string;
  values: readonly Value[];
  first?: Value;
  onChange?: (value: Value) => void;
}

export function Select<Value extends string>({ label, name, values, first, onChange }: SelectProps<Value>) {
  return (
    <label>
      {label}
      <select name={name} defaultValue={first} onChange={(event) => onChange?.(event.target.value as Value)}>
        {values.map((value) => <option key={value} value={value}>{say(value)}</option>)}
      </select>
    </label>
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
