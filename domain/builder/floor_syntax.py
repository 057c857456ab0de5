"""What is written in a machine's spelling: key combinations, commands, file names. Said in words for the rules.

Each replacement is a phrase that ``floor_objects`` or the safe words know, so a warning against a command stays a
warning and an order to run it stays an order.
"""



from __future__ import annotations

import re

from domain.builder.floor_needles import swaps

_MODIFIER = r"(?:ctrl|strg|control|alt|option|shift|umschalt|maj|mayus|win(?:dows)?(?:[ -]?(?:key|taste))?|cmd|command|fn|super)"
_KEYS = re.compile(rf"\b(?:the )?{_MODIFIER}(?:\s?(?:\+|-|and|und|et|y)\s?{_MODIFIER}){{0,2}}\s?(?:\+|-(?=[a-z]\b)|\band\b|\bund\b)\s?(?:del(?:ete)?|entf|enter|return|esc(?:ape)?|tab|space|f\d\d?|[a-z0-9]|home|end|pause|print ?screen|arrow)(?![a-z])")
_DANGEROUS_KEYS = (
    (re.compile(r"^(?:the )?(?:win(?:dows)?\W?(?:key|taste)?)\W*(?:and|und)?\W*[rx]$"), " run dialog "),
    (re.compile(r"^(?:the )?(?:shift|umschalt)\W*(?:and|und)?\W*(?:del|entf)"), " permanent deletion "),
    (re.compile(r"shift\W+enter$"), " elevated "),
)
_NOUN = (
    r"(?:ad\w+|item\w*|services?|process|net\w+|dns\w+|mp\w+|mailbox\w*|msol\w+|mg\w+|az\w+|webrequest|expression|executionpolicy|computer\w*|partition|disk|volume|local\w+|package\w*|module|appx\w*|"
    r"ps\w+|scheduledtask|vm\w*|web\w+|bitlocker\w*|tpm\w*|windows\w+|printer\w*|content|acl|location|job|cas\w+|transport\w+|distribution\w+|recipient\w*|dhcp\w+|smb\w+|wmi\w+|cim\w+|gpo\w*|eventlog|hotfix|date|unified\w+|childitem|retention\w*|user\w*|group\w*)"
)
_SYNTAX: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:normal|ordinary|plain|standard) (?:command prompt|cmd|terminal|console|powershell) ?(?:window)?"), " window "),
    (re.compile(r"\b(?:hostname|whoami|winver)\b|\bping (?:to )?\d{1,3}(?:\.\d{1,3}){3}|\bsysteminfo(?: \| find)?"), " name "),
    (re.compile(r"\boutlook(?:\.exe)? /safe\b"), " outlook "),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?\b|\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,7}\b"), " ip address "),
    (re.compile(r"(?<!\w)[\w\-*]+\.reg(?!\w)"), " reg file "),
    (re.compile(r"(?<!\w)[\w\-*]*\.(?:exe|msi|msix|appx|dmg|pkg|deb|rpm|apk|iso|jar|scr|crx|xpi|inf)(?!\w)"), " setup file "),
    (re.compile(r"(?<!\w)[\w\-*]*\.(?:bat|cmd|ps1|psm1|vbs|vbe|sh|py|wsf|hta|js)(?!\w)"), " script file "),
    (re.compile(r"(?<!\w)[\w\-*]+\.(?:msc|cpl)(?!\w)"), " management console "),
    (re.compile(r"(?<!\w)[\w\-*]*\.(?:dll|sys|ocx|drv)(?!\w)"), " system file "),
    (re.compile(r"(?<!\w)[\w\-*]*\.(?:pst|ost|vhdx?|bak|mdf|ldf)(?!\w)"), " data file "),
    (re.compile(r"\b(?:get|set|new|remove|add|install|uninstall|start|stop|restart|enable|disable|invoke|reset|unlock|clear|import|export|update|connect|test|repair|move|rename|register|unregister|grant|revoke|format|initialize|suspend|resume|search|send|copy|out)-" + _NOUN + r"\b"), " commandline "),
    (re.compile(r"\\\\[\w.$-]+\\[\w.$\\-]*"), " network share "),
    (re.compile(r"\b[a-z]:\\(?:windows|winnt|program ?files(?: \(x86\))?|programdata)\b[^\s,;>]*|(?<!\w)/(?:etc|usr|var|bin|sbin|system|library|boot|dev)(?:/[^\s,;>]*)?(?!\w)"), " system folder "),
    (re.compile(r"%(?:appdata|localappdata|temp|tmp|userprofile|programdata|windir|systemroot|homepath|public)%[^\s,;>]*|\$(?:env:|home)\w*|\b[a-z]:\\[^\s,;>]*"), " folder "),
    (re.compile(r"&&|\|\||\$\(|\s\|\s(?=[a-z]+[\s-])|(?<=\s)--[a-z][\w-]+|(?<=[a-z\d] )-(?:rf|fr|force|recurse|recursive|path|name|identity|f|r|y|confirm:\S+)(?![\w-])|(?<=[a-z\d] )/[a-z?][a-z]{0,14}(?::\S*)?(?=[\s.;,:]|$)"), " commandline "),
)


_SWAPS = swaps(_SYNTAX)


def spoken(text: str) -> str:
    """A casefolded text with commands, file names and key combinations in words."""
    for swap in _SWAPS:
        text = swap.apply(text)
    return _KEYS.sub(_keys, text)


def _keys(match: re.Match[str]) -> str:
    keys = match.group()
    for pattern, phrase in _DANGEROUS_KEYS:
        if pattern.search(keys):
            return phrase
    return " hotkey "
