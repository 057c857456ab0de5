/** The dialog for handing a call to the engineers, with a walk behind it or without. */
import { EscalationReasonCategory, type EscalateInput, type Priority } from "../dist/gql";
import { Check, FormDialog, Reason, Select, textOf } from "./form";

const reasons = Object.values(EscalationReasonCategory);
export const priorities: Priority[] = ["LOW", "NORMAL", "HIGH", "CRITICAL"];

interface Props {
  suggested: EscalationReasonCategory;
  priority: Priority;
  send: (why: Omit<EscalateInput, "sessionId">) => Promise<unknown>;
  onClose: () => void;
}

export function EscalateDialog({ suggested, priority, send, onClose }: Props) {
  const read = (fields: FormData): Omit<EscalateInput, "sessionId"> => ({
    reasonCategory: textOf(fields, "reasonCategory") as EscalationReasonCategory,
    reason: textOf(fields, "reason"),
    priority: textOf(fields, "priority") as Priority,
    isCustomerWaiting: fields.has("isCustomerWaiting"),
  });
  return (
    <FormDialog title="Escalate to an engineer" action="Escalate" send={(fields) => send(read(fields))} onClose={onClose}>
      <Reason label="Why" names={["reasonCategory", "reason"]} values={reasons} suggested={suggested} needsWords="OTHER" />
      <Select label="Priority" name="priority" values={priorities} defaultValue={priority} />
      <Check label="The caller is waiting on the line" name="isCustomerWaiting" />
      <p className="soft">The engineer gets the steps, the answers and your notes.</p>
    </FormDialog>
  );
}
