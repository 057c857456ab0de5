"""The everyday words of a help desk's harmless steps.

An order made of other words is refused even when no rule knows them: a new name for an old deed is not in this list.
No word is here that is part of a deed by itself; what protected things and changing verbs mean is for the other rules.
"""



from __future__ import annotations

import re

from domain.builder import floor_safe as safe
from domain.builder import floor_words as grammar
from domain.builder.floor_plain_words import PLAIN
from domain.builder.floor_words import words

_FUNCTION = words(
    "a about above across after afterwards again against ago all almost alone along already also although always am among an and another any anybody anyone anything anyway anywhere are around as "
    "at away back be because been before behind being below beneath beside besides between beyond both but by came can come could did different do does doing done down due during each "
    "either else elsewhere end enough etc even ever every everybody everyone everything everywhere exactly except far few finally first firstly for from further get gets getting give given go goes going "
    "gone got had half hardly has have having he her here hers herself him himself his how however i if in inside instead into is it its itself just keep kept last lastly late later least left less let "
    "like likely little long longer look lot lots made make makes making many may maybe me meanwhile might mine moment more most much must my myself near nearby nearest nearly need needed needs neither never "
    "new next no nobody none nor not nothing now nowhere of off often okay ok old on once one ones only onto or other others otherwise ought our ours out outside over own per perhaps please "
    "properly put quite rather really right same second secondly see seem seems several shall she should side simply since single so some somebody someone something sometimes somewhere soon still straight such "
    "sure take taken than that the their theirs them themselves then there these they thing things third this those though through throughout till to together too toward towards twice two under underneath until up "
    "upon us use used useful usual usually very via was way we well were what whatever when whenever where wherever whether which whichever while who whoever whole whom whose why will with within "
    "without would yes yet you your yours yourself sorry thanks thank hello kindly gladly possible possibly necessary needed ready able unable fine good great better best nice easy easily simple simply"
)
_MEASURES = words(
    "zero one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty forty-five sixty hundred dozen couple pair once twice number numbers amount count counted "
    "second seconds sec minute minutes min hour hours day days week weeks month months year years today tonight tomorrow yesterday morning noon afternoon evening night monday tuesday wednesday thursday friday saturday "
    "sunday january february march april june july august september october november december date dates time times o'clock clock calendar holiday weekend lunch break breaks moment moments while "
    "metre metres meter meters centimetre inch inches step steps percent degree degrees full half third quarter size big bigger large larger small smaller short shorter tall wide narrow thick thin high higher low lower lowest highest "
    "middle centre center top bottom left right front rear back upper edge corner corners line row column word words letter letters character sentence paragraph first last next previous following"
)
_PEOPLE = words(
    "customer customers user users caller callers client clients person people colleague colleagues coworker coworkers neighbour neighbours neighbor team technician desk engineer engineers manager boss helper "
    "guest guests reception receptionist participants participant attendee attendees host organiser organizer presenter speaker audience sender recipient recipients contact friend family staff everyone company office "
    "name names surname first department site location address floor building room rooms kitchen hall corridor home hotel train travel work workplace place seat table shelf wall window door doors chair bag drawer pocket"
)
_HARDWARE = words(
    "computer computers laptop laptops notebook notebooks pc pcs mac machine machines desktop tablet tablets phone phones telephone telephones handset smartphone iphone ipad mobile device devices equipment hardware unit model "
    "monitor monitors screen screens display displays projector television tv beamer camera cameras webcam webcams lens shutter privacy slider headset headsets headphone headphones earphones earbuds earpiece microphone microphones mic "
    "boom speaker speakers loudspeaker soundbar sound audio volume mute jack keyboard keyboards key keys keypad mouse mice trackpad touchpad pen stylus pad mat receiver dongle adapter adapters adaptor dock docks docking "
    "station stations hub hubs cable cables cord cords wire wires lead leads plug plugs socket sockets outlet outlets port ports connector connectors usb usb-c hdmi displayport vga thunderbolt ethernet lan power supply "
    "charger chargers battery batteries strip switch switches button buttons lid hinge fan fans vent vents light lights led lamp indicator dust cloth paper tray trays drawer sheet sheets stack pile glass flatbed scanner scanners copier fax "
    "printer printers plotter toner cartridge cartridges ink drum ribbon roller rollers cover covers flap feeder label labels jam jams jammed margin margins router routers modem repeater antenna antennas bridge "
    "wall brick stand arm case sleeve clip latch slot slots card cards reader sim headband cushion sticker serial surface air compressed canned foot ring finger fingers thumb hand hands eye eyes ear ears mouth"
)
_INTERFACE = words(
    "window windows tab tabs page pages site sites website websites link links menu menus submenu bar bars taskbar toolbar ribbon pane panel panels sidebar icon icons symbol symbols arrow arrows tile tiles list lists item items entry "
    "option options choice choices field fields box boxes checkbox form forms button slider toggle toggles switch dropdown dialog dialogue dialogs prompt prompts popup popups pop-up pop notification notifications banner banners balloon alert alerts "
    "message messages warning warnings error errors notice text texts title header heading caption wording language english german french spanish setting settings preferences preference options view views layout theme mode modes zoom level "
    "font fonts scale scaling resolution orientation landscape portrait brightness contrast colour colours color colors background wallpaper cursor pointer caret scroll lock caps num shift ctrl alt tab enter return escape esc "
    "space spacebar backspace hotkey shortcut shortcuts start taskbar tray clock search magnifier wheel gear cog dots dot plus minus cross x sign padlock start screen login sign-in signin login logon logout user username initials picture photo photos profile "
    "account accounts password passwords pin code codes forgotten forgot reset self service self-service own known correct current usual remembered updates update offered pending available waiting restart shutdown sleep hibernate airplane flight "
    "focus assist disturb quiet silent vibrate ringtone ringer bluetooth wifi wireless hotspot network networks internet connection connections signal vpn tunnel data roaming location gps offline online connected disconnected "
    "browser browsers edge chrome firefox safari explorer cache caches cached cookie cookies history browsing private incognito inprivate bookmark bookmarks favourite favourites favorites homepage outlook mail email emails mails mailbox inbox outbox draft drafts "
    "folder folders subject attachment attachments signature calendar appointment invitation invitations invite meeting meetings call calls lobby breakout chat chats channel channels teams zoom webex skype slack word excel powerpoint onenote "
    "onedrive sharepoint acrobat reader office app apps application applications program programs document documents file files spreadsheet slide slides sheet workbook note notes pdf print printing printout copy copies queue queues job jobs test "
    "troubleshooter assistant wizard help support ticket tickets case number reference status presence busy away available green red yellow amber orange blue white black grey gray dark light lit unlit blinking flashing steady solid "
    "zone region keyboard touch accessibility narrator captions subtitles video audio sound output input source speaker device default control centre center action quick general system display personalisation personalization notifications sounds ease access privacy security"
)
_SEEING = words(
    "sign signs symptom symptoms problem problems issue issues fault trouble cause reason reasons result results difference change changes moment beginning start end pattern example details detail information info version versions model make type kind "
    "brand suspected afresh fresh directly direction matching existing real important colour shape state condition situation position order sequence progress percentage exact exactly precise precisely complete completely whole entire clear clearly blank black empty frozen freezing stuck slow slowly fast quick quickly quiet "
    "quietly loud louder soft softly low bright dim blurry sharp distorted automatic automatically main built visitor image images memory spam junk asset tag invoice resolved lockout expire expired expiry band task bin distorted choppy crackling echo noise noises beep beeps click clicks hum buzz smoke smell heat hot warm cold cool wet dry dirty clean dusty broken bent loose tight tightly firm firmly "
    "fully partly halfway gently carefully briefly shortly immediately directly normally regularly physically visible visibly audible present missing wrong correct incorrect correctly incorrectly same similar unusual strange odd normal ordinary typical "
    "plugged unplugged connected attached inserted seated working worked works running open opened closed shut locked signed typed pressed printed shown listed selected chosen marked ticked highlighted greyed enabled disabled active inactive muted "
    "sent received arrived delivered saved unsaved finished completed started restarted affected solved fixed gone happening happened happens appears appeared appear shows"
)
_VERBS = words(
    "anew drive drives disk disks stick sticks domain software extension extensions tie ties polite politely lights credentials questions cloud streams resource approval unavailable priority treat proof voice familiar agreed vanish sync manage access refrain urge careful master aeroplane apart circular scheme duplicate act allow answer appear apply arrive ask attend attempt become begin believe belong breathe bring call care carry catch change charge check choose clear click clip close collect come compare complete confirm connect continue cool copy count cover "
    "cross load resolve dim decide decline describe detect dial dictate dim disappear disconnect discover dismiss display dock drag draw dry eject end enter escalate establish expand expect explain fade fail fall feel fetch fill find finish fit fix flash flip flow fold "
    "follow force forget forward free freeze glow grab greet grow guess guide handle hang happen head hear help hide hold hover identify inform insert inspect interrupt invite join judge jump keep know land lay lead learn leave let lie lift light "
    "line listen lock log look loosen lose lower mean measure meet mention mind miss minimise maximise mount move mute narrow nod note notice observe offer open pack pair pass pause pick place plan play plug point post power practise prefer prepare press "
    "prevent proceed pull push quit raise reach react read realign receive recharge recognise reconnect record rejoin relax release reload remain remember remind repeat rephrase replug reply report request reseat resize respond rest restart "
    "resume retry retype return ring rise rotate run save say scan scroll search seat select send serve share shine show shut sign sit skip sleep slide snap snooze snug sort sound speak spell spin squeeze stand stay step stick stop store straighten "
    "stretch suggest swap swipe switch take talk tap tell test think tighten tilt tip toggle touch travel try turn twist type undock unfold unlock unmute unpair unplug vary verify view visit wait wake walk want warm warn watch wiggle wipe wish wonder work write undo"
)
_COMMON = words(
    "according actual actually additional advice age agenda agent agree air aloud alternate alternative ambient answer apart apparent appearance area arrangement aside assistance attempt attention automatic average awake aware awkward "
    "backwards balance bare basic beginning belief bell belonging bent best bit blank blink blinks block blocks body bold bound branch brand breath bridge brief bright bulb bulky burnt business busy buzz calm careful case casual "
    "category caution ceiling central certain chance chapter character charge cheap circle city clarity class clean clear clearly climate close closely coffee coin coincidence collect column comfort comfortable comma comment common comparison "
    "complaint compact computer concern concrete confidence confusion connection consistent constant contact content contrast conversation convenient corner correct cost country couple course crack crisp crowd cup curious current curve cycle "
    "daily damage damaged damp danger dead deal delay delayed delivery depth description detail determine development device difficult difficulty digit dimension direct direction disappointed distance distant double doubt downstairs downward dozen dramatic "
    "duration duty earlier early ear east echo economy edge effect effort elbow electric electrical electricity element email emergency emphasis employee empty end energy english entire entirely entrance environment equal equally essential estimate event evening "
    "eventually evidence exact example excellent exception exclamation excuse exercise expected experience explanation extent external extra extreme face fact factor fairly false familiar family favour feature feedback feeling figure film finger fire "
    "firm flat flicker flickers flickering floor focus forward fraction frame frequency frequent frequently fresh friendly front frustrated fuel function functions future gap garage garden general gentle genuine glare glass glimpse goal gradual gradually "
    "graph grip ground guarantee guess guidance habit half hall happy hard harder hardly harmless heading headline health heat heavy height hidden hint hole holiday honest hope horizontal hour household housing huge human hurry idea ideal "
    "identical idle illness image imaginary immediate impact impatient important impossible impression improvement inaccurate inch incident increase individual indoors initial inner inside instance instant instruction instructions intended intense "
    "interest interference intermittent intermittently internal interruption interval introduction isolated isolation job joint journey judgement junction kind kitchen knob knowledge label lack lamp landline lane large latest laugh layer lean least "
    "leather leg length lesson level likely limit limited linear liquid listed literally lively located logical lonely loop loss loud luck lunch magnet main mainly major manner manually margin market mask mass match material maximum maybe "
    "meaning means measure mechanical medium member memory mental mention mess metal method middle mild mind minimum minor minority mirror mistake mixture mode model modern moist moisture moment monthly mood motion motor mouth movement multiple muscle "
    "musical mystery narrow native natural neat necessarily neck negative nervous neutral noise noisy normal north nose notice noticeable nowhere nuisance number obvious obviously occasion occasional occasionally odd offer oil open opinion "
    "opportunity opposite orange ordinary otherwise outer outcome outline outside overall overheating overnight overview pace pack pain painful pair palm panel parallel parcel parking part partial particular partly partner passage path "
    "patience patient pattern pause peace peak peculiar pen pencil perfect period person personal perspective phase phrase physical piece pin pink pitch pixel pixels plain plastic play plenty plus pocket point polite poor popular portion position "
    "positive possibility possible post potential pound practical practice precise preference preferred presence present press pressure previous price primary principle printed prior private probably problem procedure process product professional "
    "progress project promise prompt proper public pulse purple purpose push quality quantity quarter question quick quiet rain random range rapid rapidly rare rarely rate ratio reach reaction reading reality realistic rear reason reasonable recent "
    "recently reception reference reflection refreshed regarding region regular relation relationship relative relevant reliable relief remark reminder representative reputation resistance resolution respect respective response responsible "
    "restart result return rhythm rich right rise rough round rounded routine rubber safe safely safety sample satisfied scale scene schedule seal search season section select selection sense sensible sensitive sensor separate sequence "
    "series serious severe shade shadow shake shape sharp shelf shift shiny shock short shoulder shut sick side sight silence silent similar simple single situation size skin slight slightly slot slow smart smooth socket soft solid "
    "sort sound source south space spare spark speaker special specific speech speed spelling spot square stable stage stain standard standing stationary steady steep step sticky stiff stock storm straight strange stranger stream street strength stress "
    "strict string strong structure style subject sudden suddenly sufficient suitable summary sun supply support surface surprise suspicious sweet switch symbol sympathy symptom table tail talk task taste technical technique temperature tendency "
    "term text theme thorough thought thread throat thumb tidy tight tilt timing tiny tip tired title together tone top topic total touch tough tour towel tower trace track traffic trail transparent travel trial triangle trip trouble true truth tube "
    "turn twist type typical unable uncertain unclear uncomfortable unexpected unfortunately uniform unlikely unstable unusual upright upset upside upstairs upward urgent usage usual valid valley variety various vehicle vertical vibration vicinity view village "
    "visible vision vital vocal voltage volume warm warmth water wave weak weather weekday weekend weekly weight weird welcome west wet wheel whistle width wind winter wire wise wood wooden word working worry worse worst wrist yard yearly yellow yet young zero "
    "participant colleague laptop alphabet uppercase lowercase umlaut hyphen underscore dash slash comma bracket quotation apostrophe caret backslash "
    "address addresses web explorer rejoin relaunch reboots blinked backlight backlit footer letterhead envelope staple stapler duplex collate grayscale greyscale draft watermark thumbnail wallpaper slideshow subtitle transcript recording "
    "hashtag emoji gif reaction reactions handraise lobby waiting-room roster gallery spotlight pinned presenter co-host caption captions bandwidth latency jitter lag lagging laggy buffering freeze pixelated robotic muffled tinny crackle hiss dropout dropouts "
    "ethernet patch-cable wallbox splitter extender mesh booster repeater ssid band hotspot tethering roaming provider carrier outage outages maintenance planned announcement bulletin newsletter"
)
PASTS = words(
    "brought bought built cost dealt dug hung hurt sold sank went found told came saw sent said spoke wrote ran began begun broke broken caught chose drew drove ate fell felt flew forgot froze got gave grew heard held hid kept knew laid led lent lost meant met paid rang rose sat shown shook "
    "shone shut slept slid spent spun stood stuck stole swept took taught thought threw understood woke wore won wound"
)
BRANDS = words(
    "microsoft apple google android ios ipados macos chromeos windows linux samsung dell hp lenovo asus acer canon epson brother lexmark ricoh xerox kyocera logitech jabra plantronics poly yealink cisco anyconnect forticlient "
    "globalprotect surface macbook imac chromebook thinkpad iphone ipad pixel galaxy adobe acrobat dropbox okta duo bitwarden quickbooks citrix notion trello salesforce sap datev javascript gmail facetime intranet portal mixer android"
)
ENGLISH = (
    PASTS
    | BRANDS
    | _COMMON
    | _FUNCTION
    | _MEASURES
    | _PEOPLE
    | _HARDWARE
    | _INTERFACE
    | _SEEING
    | _VERBS
    | safe.FREE
    | (safe.GUARDED - safe.DEED_WORDS)
)
# Words of computing that are no part of a harmless step: an order with one is refused though nothing else is known of it.
JARGON = words(
    "admin administrator aggregate agent algorithm alias allocation ansible api archive argument array artefact artifact assembly attribute authenticate authentication authority authorise authorize autodiscover automation autorun autoruns autostart azure backend backup bandwidth bare base baseline bastion batch beta binary bind bitlocker "
    "blob blocklist boot bootable botnet branch breach bridge broker brute bucket buffer build bundle bypass bytecode cert certificate chipset chmod cipher cleaner cleanup cli clone cluster cmd codebase codec commit compile compiler component compression config configuration configure connector console container controller conversion "
    "cracker crack credential cron crypto cubes daemon dashboard data database datastore debug debugger decrypt defragment delegate delegation demilitarise deploy deployment deprovision developer diagnostics digest directory disassemble disassociate distribution docker domain download driver dump editor elevated elevation "
    "emulator encoder encrypt encryption endpoint enforcement enrol enrolment entitlement entity entra environment eventlog exchange executable execution exe exempt exploit export extract extractor factory failover federation filesystem firmware flag flash flush foothold fork forensic framework frontend "
    "gateway git hack hacker hardening harvest hash hive hop host hosting hotfix hypervisor identity imaging impersonate implant import index inbound infra infrastructure inheritance inject injection insider instance installer integration integrity interface intercept interpreter intune inventory invoice ipsec isolate iso "
    "jailbreak jumpbox kerberos kernel keychain keygen keylogger keystore keystroke ldap lease legacy library license licence listener loader loaders loader local localhost log4j lookup loopback lun macro mailflow malware management manifest mapping master metadata middleware migrate migration "
    "module mount multifactor namespace native nested node null nullify object offboard onboard oauth onprem operating orchestrator orphan outbound override package packet parameter parity partition passcode passphrase passthrough patch payload payment permission persistence phishing pipeline plaintext plugin policy pool portable "
    "premium privilege production protocol provision provisioning proxy publish puppet purchase purge quarantine quota query ransom realm rebase recompile record recovery recycle redeploy redirect redirection registrar registry release relay remediation remote renewal replica replication repo repository reputation restriction "
    "retention revoke rollback root rootkit rootless rout routing rule runbook runtime sandbox schema scope script secret sector seed sensor server session shell shellcode signing silo snapshot snippet sniffer software spoof sql staging starter starters storage stub subnet subscription sudo superuser suite "
    "switchport symlink sysadmin sysinternals syslog systemd telnet tenant tenancy terminal threat threshold throttle token tool toolbox toolkit tracker transaction transport trojan truncate trust trustee tweak tweaker upstream utility vault validation value variable vendor virtual virtualisation virtualization virus "
    "vulnerability warez webhook whitelist wildcard wiper workaround workload worm zeroise zombie"
)
EVERYDAY = ENGLISH | grammar.FILLERS | grammar.DETERMINERS | grammar.STATE_VERBS | grammar.OBSERVING_HEADS
# Things by name that are no verbs: a clause that begins with one gives no order.
_NO_NOUNS = words(
    "quick general full half first last next previous following right left current usual correct known own new available pending offered waiting private quiet silent dark light lit unlit blinking flashing steady solid "
    "connected disconnected online offline forgotten forgot busy away green red yellow amber orange blue white black grey gray compressed canned wireless remembered once twice today tonight tomorrow short long big small "
    "minus plus sign system self privacy security access sheet"
)
NOUNS = (_PEOPLE | _HARDWARE | _INTERFACE | _MEASURES) - (_NO_NOUNS | _VERBS | safe.FREE | safe.GUARDED | grammar.OBSERVING_HEADS)
_SUFFIXES = (("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"), ("d", ""), ("ing", ""), ("ing", "e"), ("ly", ""), ("er", ""), ("er", "e"), ("est", ""), ("est", "e"))
# Protected by their words, harmless together.
_TOGETHER = re.compile(
    r"\b(?:(?:nearest|vpn|usual|other|same) gateway|(?:verification|security|identity|usual|control) questions|(?:mapped |network |shared )+drives?|software updates?|task manager|web (?:version|app|browser|page|client)|(?:self service|reset) (?:portal|website)|(?:camera|microphone|mic|location|notification) permissions?|permissions? for (?:the )?(?:camera|microphone|mic|location|notifications?)|"
    r"permission to use (?:the )?(?:camera|microphone|mic|location|speakers?)|permission for (?:the )?(?:site|page|teams|zoom)|authenticator app|browser extensions?|add ins? (?:that|which) (?:was|were) (?:shown|listed)|print server name|(?:configuration|network status) page|server name|domain name|control panel|recent calls|user guide)\b"
)


def unfamiliar(text: str, names: frozenset[str]) -> str | None:
    """The first word of a flattened clause that is no name and that no harmless step is made of, or None."""
    return next(iter(unfamiliar_words(text, names)), None)


def unfamiliar_words(text: str, names: frozenset[str]) -> tuple[str, ...]:
    """Every such word, in order."""
    return tuple(token for token in _TOGETHER.sub(" ", text).split() if token not in names and not is_everyday(token))


def is_everyday(token: str) -> bool:
    """True for a word of the list in any of its forms, and for what is too short or too numerical to mean anything."""
    if token in EVERYDAY or token in PLAIN or len(token) < 3 or not token.isalpha():
        return True
    for suffix, ending in _SUFFIXES:
        stem = token[: -len(suffix)] + ending if token.endswith(suffix) else ""
        if stem in EVERYDAY or stem in PLAIN or (len(stem) > 3 and stem[-1] == stem[-2] and stem[:-1] in EVERYDAY):
            return True
    return False
