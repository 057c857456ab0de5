/**
 * The things a person does that the server records once, each with its document and what follows when it is done.
 * What follows is said here and not on the screen that asked, because the answer may come after a reload.
 */
import type { TypedDocumentNode } from "urql";
import { create } from "zustand";
import { navigate } from "wouter/use-hash-location";
import {
  AnswerNodeDocument,
  ContinueWalkDocument,
  EscalateDocument,
  EscalateWithoutWalkDocument,
  GoBackDocument,
  IntakeDocument,
  ResolveDocument,
  type IntakeMutation,
} from "../dist/gql";
import { announce, tell } from "./tell";

export type Outcome = NonNullable<IntakeMutation["intake"]["outcome"]>;

/** What the last intake led to when it was no walk; `call` counts, so that each one starts with an empty form. */
export const useIntake = create<{ outcome: Outcome | null; call: number }>()(() => ({ outcome: null, call: 0 }));

export const nextCall = (): void => useIntake.setState(({ call }) => ({ outcome: null, call: call + 1 }));

const isAtIntake = (): boolean => ["", "#/", "#/calls"].includes(location.hash);

/** The one payload of a mutation's data. */
export type Payload<Data> = Data[keyof Data];

export interface Command<Data, Input> {
  document: TypedDocumentNode<Data, { input: Input }>;
  follow: (payload: Payload<Data>) => void;
}

/** Ties the two types together; the table below is read with them. */
const command = <Data, Input>(
  document: TypedDocumentNode<Data, { input: Input }>,
  follow: (payload: Payload<Data>) => void,
): Command<Data, Input> => ({ document, follow });

const warned = (first: string, warnings: readonly { message: string }[]): string =>
  [first, ...warnings.map((warning) => warning.message)].join(" ");

export const commands = {
  intake: command(IntakeDocument, ({ outcome }) => {
    if (outcome?.__typename !== "WalkStarted" || !outcome.session) return useIntake.setState({ outcome });
    nextCall();
    const other = outcome.otherActiveWalks[0];
    if (other) tell(`Walk ${other.number} of ${other.assignedTo?.name ?? "a colleague"} is open for the same ticket.`);
    if (isAtIntake()) navigate(`/walk/${outcome.session.id}`);
    else tell(`Walk ${outcome.session.number} has started; it is among your open walks.`, true);
  }),
  answerNode: command(AnswerNodeDocument, ({ session }) => announce(`Recorded: ${session?.walkedPath.at(-1)?.answerLabel ?? "done"}.`)),
  goBack: command(GoBackDocument, () => announce("Went back one step.")),
  resolve: command(ResolveDocument, ({ proposal }) => announce(proposal ? "Resolved. What was learnt is now a proposal." : "Resolved.")),
  escalate: command(EscalateDocument, ({ escalation, warnings }) => {
    const names = escalation?.recipients.map((recipient) => recipient.name).join(", ");
    tell(warned(names ? `Escalated. Told: ${names}.` : "Escalated.", warnings), true);
  }),
  escalateWithoutWalk: command(EscalateWithoutWalkDocument, ({ warnings }) => {
    nextCall();
    tell(warned("Handed to the engineers.", warnings), true);
  }),
  continueWalk: command(ContinueWalkDocument, ({ session }) => session && navigate(`/walk/${session.id}`)),
};

export type Commands = typeof commands;
