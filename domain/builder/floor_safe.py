"""Orders that first line may give. An order whose verb is not known here, or whose verb needs a harmless object and
has none, is refused: new words for old deeds need no new rule.
"""



from __future__ import annotations

import re

from domain.builder.floor_words import (
    DETERMINERS,
    FILLERS,
    NEGATORS,
    OBSERVING_HEADS,
    OFF_WORDS,
    STATE_QUESTION,
    STATE_VERBS,
    gerund,
    words,
)

# Harmless with every object that is not on another list.
FREE = OBSERVING_HEADS | words(
    "wiggle jiggle postpone delay snooze defer nudge squeeze twist untangle cool warm relax flick thumb pair sway lean tuck smooth shorten level empty_ peel polish prop support stagger space seek request_ prefer opt sign resume rely count learn practise practice compare reread reprint recheck rescan resubmit restate rephrase reposition realign resist direct lead accompany coach encourage restart reboot relaunch reopen close quit exit minimise minimize maximise maximize open unplug plug replug reconnect connect disconnect pair unpair repair_ press hold "
    "release push_ click tap double right left hover scroll drag select choose pick tick sign log type retype reenter enter spell try retry test repeat reload refresh "
    "print scan feed load_paper speak talk play listen hear show hide display view zoom move bring place lift lower raise adjust turn switch toggle flip slide rotate tilt "
    "mute unmute join rejoin leave dial call hang answer start_ begin continue proceed finish complete go come return navigate browse visit_ search find locate follow read "
    "write note count measure compare charge recharge insert eject reseat reinsert tighten loosen clean wipe_ dust blow dry shake align straighten fan wake lock sleep "
    "shut power cycle dismiss skip_ save copy_ send reply forward_ receive sync synchronise synchronize resend draft preview expand collapse pin unpin resize "
    "walk stand sit swap borrow lend compare ask tell let us describe explain inform remind escalate hand pass report mention confirm verify check recheck double look see watch observe inspect examine "
    "wait pause stop cancel resume keep stay remain avoid ignore_ stick do have make sure ensure help guide thank please use run_ work need want think know remember forget "
    "point aim touch swipe pinch type dictate hit tab scroll highlight mark unmark archive_ flag set_ calibrate focus unfold fold attach detach seat route_ pull slide track monitor review identify determine note record figure "
    "force reconfirm rewire rerun test_ reattach unlock_ stretch arrange invite greet apologise apologize reassure offer suggest recommend schedule book note lay hook shift crank reject bookmark tidy rearrange photograph jot collect admit mirror duplicate sort undock dock tether enlarge shrink blur spotlight unblur wind unwind redial rub bend untwist rehang hang place position lean angle peek ring redial hum sing clap undim dim brighten darken rinse mop dust vacuum brush wash heat summarise summarize paraphrase translate pronounce demonstrate narrate acknowledge consult coordinate convene gather interview thank greet excuse congratulate calm soothe reconnect reinsert restack refill top stack feed unjam untie uncover cover decline answer ring regroup enjoy revisit memorise memorize quote cite spell recite underline circle outline sketch draw film time clock estimate guess judge weigh taste smell sniff provide specify supply state narrow filter reserve retrieve organise organize enjoy participate celebrate clarify memorise fasten"
)
# The deed depends on the object: allowed only with something of the user's own desk or screen.
_CHANGING = words(
    "change set reset remove delete clear add allow enable disable put take give get make_ empty replace swap restore create rename modify edit update upgrade activate deactivate "
    "uncheck untick unblock block start run launch execute use apply import export upload transfer drop discard insert_ move_ configure adjust_ assign pull push bring fetch boot enrol enroll "
    "copy end increase decrease reduce register install extend renew issue grant exempt drop wipe lift unlock extract unpack mount unmount map unmap link unlink revert undo recover rebuild repair fix force elevate approve accept trust submit switch_"
)
# Of these, the ones that move or mark things.
SOFT = words("copy paste cut bring pull push fetch load move take drop insert end increase decrease reduce uncheck untick undo lift replace swap")
# Deeds by themselves, and plain words with a thing of the desk (``kill the background noise``).
DEED_WORDS = words("kill strip dump flash purge format wipe trash")
GUARDED = _CHANGING | DEED_WORDS
_DESK = (
    r"volumes?|sounds?|audio|speakers?|microphones?|mic|mics|camera|cameras|webcam|headsets?|headphones|earphones|brightness|contrast|screen(?! sharing)|screens|display|displays|monitors?|resolution|orientation|"
    r"input|inputs|source|cables?|cords?|plugs?|sockets?|adapters?(?= cable)|power|batter(?:y|ies)|chargers?|mouse|mice|keyboards?|touchpad|trackpad|dock|docking station|usb|hub|dongle|receiver|ports?(?! \d)|hdmi|displayport|"
    r"printers?|paper|trays?|toner|cartridges?|ink|jam|scanner|glass|lid|doors?|cover|print queue|queue|print jobs?|jobs?|test page|page|pages|copies|caches?|cached|cookies?|history|browsing data|site data|website data|bluetooth|wifi|wi fi|wireless|"
    r"airplane mode|flight mode|network(?! (?:settings?|adapter|card|configuration|stack))|hotspot|signal|vpn|tunnel|tab|tabs|window|windows (?:key|updates?|settings)|browser|private window|incognito|bookmark|zoom level|view|views|layout|language|keyboard layout|font|fonts|theme|"
    r"dark mode|notifications?|focus|do not disturb|caps lock|num lock|scroll lock|numlock|capslock|mute|meeting|call|video|lobby|status|signature|out of office|automatic replies|work offline|offline mode|offline|send receive|folder pane|reading pane|filter|sort|column|"
    r"silent|loud|vibrate|lights?|noises?|lens|lenses|table|paragraph|cell|cells|text|wording|asset number|serial number|ink|label|labels|address bar|docks|(?:one|single|this one) (?:web)?site|calendars?|search(?: box)?|missed calls|pointer|cursor|terms|copier|hole punch|zoom (?:back )?to|pressure|drafts?|(?:new|fresh|blank|empty|test) (?:mail|email|message)|(?:extra|stray|trailing|leading|second) (?:spaces?|blanks?|address)|speed|breath|look|fields?|text box|default|default (?:printer|microphone|speaker|device|app)|device settings|sound settings|(?:teams|zoom|outlook|display|printer|audio|video|bluetooth|wifi|privacy|browser|camera|microphone|keyboard|mouse|sound|print|power|user) settings|known password|the password again|remembered network|"
    r"(?:the |an? |any |all )?(?:offered|pending|available|waiting) (?:\w+ )?updates?|updates?|restart|computers?|laptops?|pcs?|mac|phones?|tablets?|machine|device|outlook|teams|zoom|word|excel|edge|chrome|firefox|safari|app|apps|application|program|client|photo|minutes?|seconds?|moment|time|times|"
    r"time zone|clock|date|seat|chair|desk|step|steps|break|picture|note|notes|option|button|menu|icon|link on|self service|another|other|different (?:cable|port|socket|browser|network|room|mouse|keyboard|headset|account picture)|customer|user|caller|them|him|her|us|me|it|this|that|these|"
    r"(?:web|browser|mobile) (?:version|app|client)|rest|volume mixer|colour|color|personali[sz]ation|appearance|ringtone|background|wallpaper|accessibility|magnifier|sticky keys|night light|scaling|refresh|reload|typing|sign in (?:requests?|prompts?)|prompts?|conversation|chat|error|errors|presence|calendar view|reminder|contact card|sim card|case|stand|footprint|vent|fan|air|troubleshooter|task manager|process|pop ups?|popups?|permission(?=s? for (?:the )?(?:camera|microphone|mic))|"
    # de, fr, es, it, pt, nl
    r"drucker|kabel|bildschirm|lautstarke|computer|rechner|wlan|maus|tastatur|papier|ton|mikrofon|kamera|fenster|seite|browser cache|imprimante|cable|ecran|ordinateur|souris|clavier|papier|son|micro|casque|navigateur|fenetre|"
    r"impresora|cable|pantalla|ordenador|equipo|raton|teclado|papel|sonido|microfono|auriculares|navegador|ventana|pagina|stampante|cavo|schermo|computer|tastiera|carta|audio|microfono|cuffie|finestra|impressora|cabo|tela|ecra|computador|mouse|teclado|papel|"
    r"som|microfone|janela|printer|kabel|scherm|computer|muis|toetsenbord|papier|geluid|microfoon|venster|pagina|stecker|netzteil|prise|enchufe|presa|tomada|stekker|cookies|cache|cache"
)
DESK = re.compile(rf"(?<![a-z0-9])(?:{_DESK})(?![a-z0-9])")
ALLOWED_DELETION = re.compile(r"cookies?|caches?|cached|browsing|(?:browser|browsing) history|mode avion|modo avion|vliegtuigstand|flugmodus|bluetooth|print jobs?|print queue|queue|jammed|test|known password|pop ups?|(?:in|into) (?:the |your )?self service|offline mode|caps lock|user name|prompts? (?:that )?|offered|pending")
# What turns a desk object into something else: a device is restarted, not renamed, reset or emptied.
NOT_WITH_DEVICES = words(
    "kill strip dump flash purge format trash copy reset restore rename wipe delete remove empty erase enrol enroll register boot format recover rebuild reimage clear unlock assign transfer elevate configure repair upgrade "
    "mount map fix revert exempt grant issue put give get add fetch pull load set allow trust approve permit"
)
DEVICES = re.compile(
    r"(?<![a-z0-9])(?:computers?|laptops?|pcs?|mac|phones?|tablets?|machine|device|windows|apps?|application|program|client|user|customer|caller|them|him|her|us|me|it|this|that|these|"
    r"other|another|power|case|stand|air|photo|picture|note|notes|network|outlook|teams|zoom|word|excel|edge|chrome|firefox|safari|browser|process|"
    r"minutes?|seconds?|moment|status|history|contact card|sim card|computador|ordenador|equipo|rechner|ordinateur)(?![a-z0-9])"
)
# Orders in other languages: the verbs of a help desk's harmless steps.
FREE_FOREIGN = words(
    "treat laad laden verlaat load follow share ignore access manage "
    "transmettre prevenez previens prevenir notez demander verifier regarder laisser ubergeben weitergeben ubergib informieren informiere sagen sage nehmen nimm merken achten avise avisar informe informa pase pasar "
    "avvisa avvisare informa passa lascia avise informe passe deixe waarschuw informeer geef laat meldt draag starten starte schliessen schliesse offnen offne prufen prufe trennen trenne verbinden verbinde stecken stecke ziehen ziehe schalten schalte drucken drucke drucken warten warte melden melde klicken klicke "
    "wahlen wahle geben gebe gib tippen tippe laden lade leeren leere testen teste bewegen fragen frage sehen siehe schauen schau notieren notiere versuchen versuche lassen lass halten halte bestatigen bestatige verwenden nutzen aktualisieren legen lege "
    "kontrollieren uberprufen entnehmen eskalieren beenden wiederholen stellen installieren lesen lies bitten beschreiben "
    "redemarrez redemarrer fermez rouvrez ouvrez debranchez rebranchez branchez verifiez controlez deconnectez reconnectez connectez cliquez appuyez maintenez choisissez selectionnez saisissez tapez imprimez attendez essayez testez rechargez actualisez videz "
    "regardez demandez allumez eteignez activez notez lisez escaladez laissez utilisez rallumez eteindre placez deplacez quittez relancez retirez mettez patientez confirmez decrivez signalez "
    "reinicie reinicia cierre cierra abra abre desconecte desconecta conecte conecta vuelva vuelve compruebe comprueba verifique verifica pulse pulsa presione haga haz elija seleccione escriba imprima espere intente pruebe recargue actualice vacie mire pregunte "
    "encienda enchufe desenchufe mantenga anote lea escale use deje inicie revise retire apague confirme describa "
    "riavvia riavviare chiudi riapri apri scollega ricollega collega verifica controlla premi tieni scegli seleziona digita stampa attendi prova ricarica aggiorna svuota guarda chiedi accendi spegni annota leggi usa lascia esci rientra stacca attacca conferma descrivi "
    "feche reabra desligue ligue desconecte reconecte conecte verifique confira pressione segure escolha selecione digite imprima aguarde tente teste recarregue atualize limpe veja pergunte anote leia saia entre retire reinicie abra clique confirme descreva "
    "start herstart sluit heropen open koppel verbind verbreek controleer klik druk houd kies selecteer typ print wacht probeer test herlaad vernieuw leeg kijk vraag zet schakel haal steek noteer lees escaleer meld laat gebruik bevestig beschrijf"
)
_STOPWORDS = words(
    "der die das und ist nicht sie ihr ihre den dem ein eine im in mit auf zu von fur wird hat sind noch bei le la les un une et est pas vous votre de du des dans sur pour avec que qui el los las una y es no su sus en con por para "
    "il lo gli i e non di del della nel con per che o os as um uma nao seu sua do da em com para de het een en niet u uw van op met voor naar is er the a an and to of it on off your their you"
)
FOREIGN_STOPWORDS = _STOPWORDS
_NEGATIONS = frozenset(token for negator in NEGATORS for token in negator.split())
_LABELS = words(
    "grun gelb rot blau weiss schwarz blinkt leuchtet an aus vert verte rouge jaune bleu noir allume allumee eteint eteinte verde rojo roja amarillo azul encendido apagado rosso rossa giallo acceso spento vermelho amarelo ligado "
    "desligado groen rood geel blauw uit drucker kabel bildschirm imprimante ecran impresora pantalla stampante schermo impressora tela scherm"
)
SUPPORTED_WORDS = (
    _LABELS |
    FREE | FREE_FOREIGN | GUARDED | _STOPWORDS | STATE_QUESTION | DETERMINERS | FILLERS | STATE_VERBS | OFF_WORDS | _NEGATIONS
    | words("password message warning shown error account screen page printer any some many new old wrong same still working works not all more "
            "than light green orange red here there again")
)
# A noun with its state (``update pending``) gives no order.
STATES = words("pending offered available waiting shown installed failed running done missing needed finished expired ready stuck works message messages error")
GERUNDS = frozenset(gerund(verb) for verb in FREE | GUARDED)
