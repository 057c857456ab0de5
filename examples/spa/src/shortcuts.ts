/** Single-key shortcuts: never while typing, never with a modifier, and they can be switched off (WCAG 2.1.4). */
import { useEffect, useRef, useState } from "react";

const SWITCH_KEY = "handrail.shortcuts";

export function useShortcutSwitch(): [boolean, (on: boolean) => void] {
  const [isOn, setOn] = useState(() => localStorage.getItem(SWITCH_KEY) !== "off");
  return [
    isOn,
    (on) => {
      localStorage.setItem(SWITCH_KEY, on ? "on" : "off");
      setOn(on);
    },
  ];
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;

/** Calls `onKey` with the key; it says whether the key meant something, and then the browser does nothing else. */
export function useShortcuts(isOn: boolean, onKey: (key: string, target: Element | null) => boolean): void {
  const latest = useRef(onKey);
  useEffect(() => {
    latest.current = onKey;
  });
  useEffect(() => {
    if (!isOn) return undefined;
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      if (document.querySelector("dialog[open]")) return;
      if (latest.current(event.key, event.target instanceof Element ? event.target : null)) event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [isOn]);
}
