"""What is left of notes and hand-offs when a customer's data are erased: structure and times, no words."""

from __future__ import annotations

from sqlalchemy import text

from domain.erasure import ERASED

# Constant SQL, nothing of a caller's is in it.
NOTES = text(f"""(
  SELECT coalesce(jsonb_agg(note || '{{"text": "{ERASED}"}}'::jsonb ORDER BY place), '[]'::jsonb)
  FROM jsonb_array_elements(l1_walk_sessions.walk_notes) WITH ORDINALITY AS notes (note, place))""")  # noqa: S608
PACKAGE = text(f"""(
  escalations.package || jsonb_build_object(
    'symptom', '{ERASED}', 'reason', null, 'companyName', null, 'facts', '[]'::jsonb, 'notes', '[]'::jsonb,
    'tried', '[]'::jsonb, 'ruledOut', '[]'::jsonb, 'openQuestions', '[]'::jsonb, 'steps', '[]'::jsonb,
    'takenBack', '[]'::jsonb, 'digest', '{ERASED}'))""")
