/** Single-key shortcuts: never while typing, never with a modifier, and they can be switched off (WCAG 2.1.4). */
import { useEffect, useEffectEvent } from "react";
import { create } from "zustand";
import { persist } from "zustand/middleware";

export const useShortcutSwitch = create<{ isOn: boolean }>()(persist((): { isOn: boolean } => ({ isOn: true }), { name: "handrail.shortcuts" }));

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;

/** Calls `onKey` with the key; it says whether the key meant something, and then the browser does nothing else. */
export function useShortcuts(onKey: (key: string, target: Element | null) => boolean): void {
  const { isOn } = useShortcutSwitch();
  const listen = useEffectEvent((event: KeyboardEvent): void => {
    if (!isOn || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (onKey(event.key, event.target instanceof Element ? event.target : null)) event.preventDefault();
  });
  useEffect(() => {
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}
