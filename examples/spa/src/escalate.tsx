/** The dialog for handing a call to the engineers, with a walk behind it or without. */
import { useState } from "react";
import { EscalationReasonCategory, type Priority } from "../dist/gql";
import { FormDialog, Select, textOf } from "./form";

const reasons = Object.values(EscalationReasonCategory);
export const priorities: Priority[] = ["LOW", "NORMAL", "HIGH", "CRITICAL"];

export interface Escalating {
  reasonCategory: EscalationReasonCategory;
  reason: string | null;
  priority: Priority;
  isCustomerWaiting: boolean;
}

interface Props {
  suggested: EscalationReasonCategory;
  priority: Priority;
  send: (escalating: Escalating) => Promise<unknown>;
  onClose: () => void;
}

export function EscalateDialog({ suggested, priority, send, onClose }: Props) {
  const [category, setCategory] = useState(suggested);
  const read = (fields: FormData): Escalating => ({
    reasonCategory: category,
    reason: textOf(fields, "reason"),
    priority: textOf(fields, "priority") as Priority,
    isCustomerWaiting: fields.has("isCustomerWaiting"),
  });
  const isOther = category === "OTHER";
  return (
    <FormDialog title="Escalate to an engineer" action="Escalate" send={(fields) => send(read(fields))} onClose={onClose}>
      <Select label="Why" name="reasonCategory" values={reasons} first={suggested} onChange={setCategory} />
      <label>
        In your words {!isOther && "(optional)"}
        <textarea name="reason" rows={3} required={isOther} />
      </label>
      <Select label="Priority" name="priority" values={priorities} first={priority} />
      <label className="check">
        <input type="checkbox" name="isCustomerWaiting" />
        The caller is waiting on the line
      </label>
      <p className="soft">The engineer gets the steps, the answers and your notes.</p>
    </FormDialog>
  );
}
