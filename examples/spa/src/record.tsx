/** What was done and what was written, as both the technician and the engineer read it. */
import type { ReactNode } from "react";
import { clock, list } from "./words";

interface Step {
  step: number;
  question: string;
  answerLabel: string;
  answeredAt: string;
  answeredBy?: { name: string } | null;
  note?: string | null;
}

export function Steps({ steps, none }: { steps: readonly Step[]; none: string }) {
  if (steps.length === 0) return <p className="soft">{none}</p>;
  return (
    <ol className="steps">
      {steps.map((step) => (
        <li key={step.step}>
          <span>{step.question}</span>
          <strong>{step.answerLabel}</strong>
          {step.note && <em>{step.note}</em>}
          <small>{list(clock(step.answeredAt), step.answeredBy?.name)}</small>
        </li>
      ))}
    </ol>
  );
}

export function Quote({ text, by, children }: { text: string; by: string; children?: ReactNode }) {
  return (
    <blockquote>
      <p>{text}</p>
      <footer>{by} {children}</footer>
    </blockquote>
  );
}
