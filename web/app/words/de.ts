// The page in German (du). Buttons that sentences name are written as they are labeled.

import { formatsIn } from '../../engine/format.ts';
import type { Words } from './words.ts';

const format = formatsIn('de', {
  byte: { other: '# Byte' },
  seconds: '# s',
  minutes: '# min',
  hours: '# h',
  lessThanASecond: 'weniger als 1 s',
  aFewSeconds: 'wenige Sekunden',
  about: 'etwa #',
  percent: '# %',
  lessThan: 'Weniger als #',
  below: 'unter #',
  above: 'über #',
});
const steps = (n: number) => format.plural(n, { one: '# Schritt', other: '# Schritte' });
const tokens = (n: number) => format.plural(n, { one: '# Token', other: '# Tokens' });
const inThreads = (n: number) => format.plural(n, { one: '# Thread', other: '# Threads' });

const HEADERS =
  'die Header „Cross-Origin-Opener-Policy: same-origin“ und „Cross-Origin-Embedder-Policy: require-corp“';

const words: Words = {
  format,
  language: {
    label: 'Sprache',
    failed: 'Die Sprache konnte nicht geladen werden. Prüfe die Verbindung und versuche es noch einmal.',
  },
  page: {
    tagline: 'Bring einem kleinen Sprachmodell bei, wie dein Text zu schreiben.',
    private: 'Nichts verlässt dieses Gerät.',
    panels: 'Bereiche',
    lost: 'Der Worker ist gerade abgestürzt. Versuch es bitte noch einmal.',
    trainFirst: 'Trainiere oder öffne zuerst ein Modell.',
    copied: 'Kopiert.',
    notCopied: 'Dieser Browser lässt Seiten nicht kopieren. Kopiere den Text unten selbst.',
  },
  panels: {
    write: 'Schreiben',
    inside: 'Einblick',
    runs: 'Läufe',
    export: 'Export',
    details: 'Details',
  },
  cards: {
    nextToken: 'Nächstes Token',
    attention: 'Aufmerksamkeit (Attention)',
    embeddings: 'Einbettungen',
    cacheRace: 'KV-Cache-Rennen',
    model: 'Das Modell',
    tokens: 'Tokens im Text',
    runs: 'Läufe',
    compare: 'Läufe vergleichen',
    recipe: 'Rezept',
    benchmark: 'Leistungstest',
  },

  text: {
    card: 'Dein Text',
    title: 'Trainingstext',
    reading: 'Wird gelesen …',
    placeholder:
      'Füge hier einen Text ein oder zieh eine Datei hierher. Ein paar Seiten reichen für den Anfang.',
    locked: 'Das Training braucht diesen Text. Beende es, bevor du ihn änderst.',
    preview: (bytes, name) =>
      `Nur der Anfang ist zu sehen. Trainiert wird mit dem ganzen Text von „${name}“ (${format.bytes(bytes)}).`,
    inParts:
      'Das Modell lernt, wie dieser Text zu schreiben. Er wird in Teilen gezeigt, damit das Tippen schnell bleibt; trainiert wird mit allen.',
    help: 'Das Modell lernt, wie dieser Text zu schreiben. Die Sprache ist egal, mehr Text ist besser.',
    replaced: 'Text ersetzt.',
    restored: 'Text wiederhergestellt.',
    undo: 'Rückgängig',
    redo: 'Wiederholen',
    asIs: 'Datei unverändert nehmen',
    clear: 'Leeren',
    example: 'Beispieltext',
    own: 'Eigener Text',
    open: 'Datei öffnen',
    file: 'Textdatei',
    excerpt: 'Auszug:',
    encoding: 'Kodierung der Datei',
    parts: 'Teile des Textes',
    previousPart: 'Voriger Teil',
    nextPart: 'Nächster Teil',
    part: (part, parts) => `Teil ${part} von ${parts}`,
    typed: 'Eigener Text',
    pasted: 'Eingefügter Text',
    files: (n) => format.plural(n, { one: '# Datei', other: '# Dateien' }),
    empty: (name) => `„${name}“ ist leer.`,
    notRead: (name, why) => `„${name}“ konnte nicht gelesen werden: ${why}`,
    fileTooLarge: (name, bytes, most) =>
      `„${name}“ hat ${format.bytes(bytes)}, in den Speicher passen höchstens ${format.bytes(most)}. Nimm einen Teil des Textes.`,
    filesTooLarge: (files, bytes, most) =>
      `Diese ${format.count(files)} Dateien haben ${format.bytes(bytes)}, in den Speicher passen höchstens ${format.bytes(most)}. Nimm einen Teil des Textes.`,
    tooManyFiles: (most) => `Das waren mehr als ${format.count(most)} Dateien. Nimm weniger.`,
    noFiles: (names) => `In „${names.join('“, „')}“ sind keine Dateien.`,
    inUse: 'Das Training braucht den Text. Beende es und zieh die Datei dann noch einmal hierher.',
    modelAlone: 'Zieh ein Modell allein hierher: nur eins, und keine anderen Dateien.',
    exampleFailed: (name, status) => `Das Beispiel „${name}“ konnte nicht geladen werden (${status}).`,
  },
  examples: {
    'moby-dick': 'Moby-Dick, ein Roman (englisch)',
    sonnets: 'Sonette, Verse (englisch)',
    'rights-ko': 'Menschenrechte (koreanisch)',
    'rights-de': 'Menschenrechte (deutsch)',
    code: 'TypeScript, Programmcode',
    names: 'Englische Vornamen, einer je Zeile',
  },
  exampleSources: {
    title: 'Woher die Beispieltexte stammen',
    'moby-dick': 'Herman Melville, 1851; gemeinfrei',
    sonnets: 'William Shakespeare, 1609; gemeinfrei',
    'rights-ko': 'Allgemeine Erklärung der Menschenrechte, Vereinte Nationen, 1948',
    'rights-de': 'Allgemeine Erklärung der Menschenrechte, Vereinte Nationen, 1948',
    code: 'der Rechenkern dieses Programms in TypeScript',
    names: 'englische Vornamen; gemeinfrei',
    made: (made) => `Erzeugt aus ${made}.`,
  },

  run: {
    controls: 'Training steuern',
    train: 'Trainieren',
    pause: 'Anhalten',
    resume: 'Fortsetzen',
    stop: 'Beenden',
    finetune: 'Mit diesem Text nachtrainieren',
    done: 'Erledigte Schritte',
    step: 'Schritt',
    of: (step, steps) => `${format.count(step)} von ${format.count(steps)}`,
    timeLeft: 'Restzeit',
    savedAt: (step) => `gespeichert bei Schritt ${format.count(step)}`,
    preset: (label) => `Vorlage: ${label}`,
    ownOptions: 'Eigene Einstellungen',
    change: 'Ändern',
    sampleOptions: (problem) =>
      `Die Textproben richten sich nach den Einstellungen unter „Text erzeugen“: ${problem}`,
    wait: (status) => `Warte, bis das fertig ist: ${status}`,
    underWay: 'Das Training läuft noch. Beende es zuerst.',
  },
  guide: {
    open: 'Rundgang beginnen',
    title: 'Rundgang',
    of: (step, steps) => `Schritt ${step} von ${steps}.`,
    show: 'Zeig es mir',
    back: 'Zurück',
    next: 'Weiter',
    print: 'Alle Schritte drucken',
    close: 'Schließen',
    steps: {
      text: {
        say: 'Ein Sprachmodell lernt aus einem Text und aus sonst nichts.',
        press: 'Wähl einen Beispieltext, oder füg einen eigenen ein.',
      },
      train: {
        say: 'Am Anfang kennt das Modell kein Wort davon.',
        press: 'Drück auf „Trainieren“.',
      },
      sample: {
        say: 'Alle paar Sekunden schreibt es etwas Neues: erst Buchstaben, dann Wörter, dann Wortgruppen.',
        press: 'Lies die Textprobe, und warte, bis du ein echtes Wort findest.',
      },
      timeline: {
        say: 'Niemand hat ihm die Rechtschreibung erklärt; es hat sie im Text gefunden.',
        press: 'Schieb den Regler unter der Textprobe zurück, und sieh, wie es vorher geschrieben hat.',
      },
      prompt: {
        say: 'Es kann auch einen Anfang von dir fortsetzen.',
        press: 'Tipp ein paar Wörter, und drück auf „Erzeugen“.',
      },
      next: {
        say: 'Es schreibt ein Token nach dem anderen und hat für jedes mögliche nächste Token eine Wahrscheinlichkeit.',
        press: 'Tipp einen Anfang, sieh dir die Balken an, und verändere dann die Temperatur.',
      },
      attention: {
        say: 'Um das nächste Token zu finden, blickt es auf die Tokens davor zurück.',
        press: 'Zeig auf ein Token, und sieh, wohin es blickt.',
      },
    },
  },
  classLink: {
    title: 'Ein Link für die Klasse',
    help: 'Der Link öffnet diese Seite mit dem Beispieltext, den Optionen und dem Bereich deiner Wahl. Alle trainieren ihr eigenes Modell.',
    ownText: 'Ein eigener Text steht nie in einem Link; der Link öffnet stattdessen den Roman.',
    panel: 'Bereich',
    guide: 'mit dem Rundgang',
    noText: (name, all) => `Den Beispieltext „${name}“ gibt es nicht; zur Wahl stehen ${all.join(', ')}.`,
    noPreset: (name, all) => `Die Vorlage „${name}“ gibt es nicht; zur Wahl stehen ${all.join(', ')}.`,
  },
  status: {
    preparing: 'Wird vorbereitet …',
    learning: (share) => `Lernt den Wortschatz … ${format.percent(share)}`,
    weights: 'Die Gewichte werden gewechselt …',
    opening: (name) => `„${name}“ wird geöffnet …`,
    openingRun: 'Der Lauf wird geöffnet …',
    recovering: 'Das Modell wird gerettet …',
    opened: 'Das Modell ist offen. Gib ihm unter „Schreiben“ einen Anfang vor.',
    ready: 'Bereit. Drück auf „Trainieren“.',
    running: 'Training läuft: Aus Rauschen werden Buchstaben, dann Wörter.',
    paused: (step) => `Angehalten nach Schritt ${format.count(step)}.`,
    stopped: (step) =>
      `Beendet nach Schritt ${format.count(step)}. „Fortsetzen“ macht mit diesem Modell weiter, „Trainieren“ beginnt ein neues.`,
    failed: 'Das Training ist gescheitert.',
    failedKept: (step, resumable) =>
      `Das Training ist gescheitert. Die Gewichte von Schritt ${format.count(step)} sind noch da: Du kannst damit Text erzeugen, sie speichern und mit ${resumable ? '„Fortsetzen“' : '„Mit diesem Text nachtrainieren“'} weitermachen.`,
    done: (n) => `Fertig nach ${inSteps(n)}. Gib dem Modell unter „Schreiben“ einen Anfang vor.`,
    doneBest: (n, best, last) =>
      `Fertig nach ${inSteps(n)}. Den besten Validierungsverlust hat Schritt ${format.count(best)}; ${inUse(last)}.`,
    stoppedEarly: (best, last) =>
      `Vorzeitig beendet: Seit Schritt ${format.count(best)} wurde es nicht besser; ${inUse(last)}.`,
  },
  title: {
    preparing: 'Wird vorbereitet …',
    paused: (share) => `Angehalten bei ${share}`,
    stopped: (share) => `Beendet bei ${share}`,
    stoppedEarly: (share) => `Vorzeitig beendet bei ${share}`,
    done: 'Fertig',
    failed: 'Gescheitert',
  },
  runNotes: {
    validationShort: (part, seq_len) =>
      `Der Text ist zu kurz, um bei einem Kontext von ${seq_len} noch ${part} Tokens für die Validierung zurückzulegen. Deshalb wird mit dem ganzen Text trainiert und kein Validierungsverlust gezeigt.`,
    warmup: (warmup_steps, max_steps) =>
      `Der Lauf (max_steps ${max_steps}) endet, bevor das Aufwärmen (warmup_steps ${warmup_steps}) vorbei ist. Die Lernrate steigt also nur und sinkt nie.`,
    noLearningRate: 'Die Lernrate (lr) ist 0, das Modell lernt also nichts.',
    onlyMuonLearns:
      'Die Lernrate (lr) ist 0. Einbettungen und Normierungen lernen also nichts, nur die Matrizen von Muon.',
    muonLearnsNothing:
      'Die Lernrate von Muon (muon_lr) ist 0, die Matrizen in den Schichten lernen also nichts.',
    neverDecays:
      'Die Abklingphase (decay_fraction) ist 0. Die Lernrate sinkt also nie, und der Verlust bleibt höher als nötig.',
    constantLearningRate: (lr, muon) =>
      `Die letzte Lernrate ist so groß wie die erste (min_lr und lr sind ${lr}). Sie sinkt also nie${muon ? ', auch die von Muon nicht' : ''}, und der Verlust bleibt höher als nötig.`,
    weightDecay: (lr, weight_decay) =>
      `lr (${lr}) mal weight_decay (${weight_decay}) ergibt 1 oder mehr. Jeder Schritt verwirft also alles, was vorher gelernt wurde; verkleinere eins von beiden.`,
    validationMissing:
      'Kein Teil des Textes ist für die Validierung zurückgelegt (val_fraction 0). Ob das Modell den Text auswendig lernt, zeigt sich also nicht, und die Geduld (patience) kann den Lauf nicht vorzeitig beenden.',
    validationRare: (why, patience) =>
      `Validiert wird nur am Ende (${why})${patience ? ', und die Geduld (patience) kann den Lauf nicht vorzeitig beenden' : ''}.`,
    patienceTooLong: (patience, eval_every, max_steps) =>
      `Die Geduld (patience ${patience}) kann den Lauf nicht vorzeitig beenden: Sie wartet auf ${patience} Validierungen ohne Verbesserung, und mit einer alle ${eval_every} Schritte (eval_every) kommen in ${max_steps} Schritten (max_steps) zu wenige zusammen.`,
    stopAtStep: (max_steps, stop_at_step) =>
      `Der Lauf hat ${max_steps} Schritte (max_steps), erreicht also nie Schritt ${stop_at_step} (stop_at_step).`,
    sampleEvery: (max_steps, sample_every) =>
      `Der Lauf hat ${max_steps} Schritte (max_steps), eine Textprobe alle ${sample_every} Schritte (sample_every) entsteht also nie.`,
  },
  notes: {
    threads: (from, to, ms_before, ms_now) =>
      `Das Training geht mit ${inThreads(to)} weiter: Ein Schritt dauert ${ms_now} ms, mit ${inThreads(from)} waren es ${ms_before} ms${to < from ? ', denn der Rechner ist ausgelastet oder gedrosselt' : ''}. Andere Zahlen werden ab und zu wieder probiert.`,
    notKept:
      'Dieser Browser behält für diese Seite nichts, wie in manchen privaten Fenstern. Speichere das Modell in eine Datei, bevor du den Tab schließt.',
    fixed: (label, name, value) =>
      `Bei diesem Modell ist ${label} (${name}) ${value}. Stell das zurück, um fortzusetzen, oder drück für ein neues Modell auf „Trainieren“.`,
    sameRecipe: 'Einstellungen und Text sind die des Laufs aus dem Link.',
    recipe: (bytes, hash, sameLength) =>
      `Die Einstellungen sind die des Laufs aus dem Link. Er hat mit einem Text von ${format.bytes(bytes)} trainiert (SHA-256 ${hash})${sameLength ? '.' : '; der jetzige Text ist anders lang.'}`,
    badLink: (why) => `Die Einstellungen in der Adresse dieser Seite sind nicht zu gebrauchen. ${why}`,
  },
  messages: {
    notSaved: (why) => `Der Lauf konnte nicht gespeichert werden: ${why}`,
    earlierSave: 'Was davor gespeichert wurde, ist noch da.',
    saveToFile: 'Modell in eine Datei speichern',
    previous: (step, bytes) =>
      `Das vorige Modell (Schritt ${format.count(step)}, ${format.bytes(bytes)}) ist nicht gespeichert.`,
    saveNow: 'Jetzt speichern',
    longer: 'Länger trainieren',
    by: 'um',
    moreSteps: 'weitere Schritte',
    numberOfSteps: 'Die Zahl der Schritte',
  },
  update: {
    ready: 'Eine neue Version von mini-llm ist bereit.',
    use: 'Jetzt benutzen',
    later: 'Sie ist zu haben, sobald das Training zu Ende ist.',
    others: 'Schließ erst die anderen Tabs von mini-llm; dort läuft noch die ältere.',
  },
  weights: {
    legend: 'Gewichte zum Erzeugen und Speichern',
    best: 'Bester Validierungsverlust',
    bestHelp: 'sagt neuen Text am besten voraus',
    last: 'Letzter Schritt',
    lastHelp: 'flüssiger, zitiert aber vielleicht den Text',
    step: (label, step) => `${label} (Schritt ${format.count(step)})`,
  },
  opened: {
    model: (name, parameters, seq_len) =>
      `„${name}“: ${format.parameters(parameters)} Parameter, Kontext ${format.count(seq_len)}`,
    trained: (n) => `, ${steps(n)} trainiert`,
    loss: (loss) => `, Validierungsverlust ${format.loss(loss)}`,
    resume:
      '„Fortsetzen“ trainiert mit demselben Text weiter. Schritte, Lernrate und Ähnliches darfst du ändern.',
    longer: 'Alle Schritte sind erledigt. „Länger trainieren“ hängt mit demselben Text weitere an.',
    finetune: '„Mit diesem Text nachtrainieren“ trainiert es mit einem anderen Text.',
    theModel: 'Das Modell',
    withAdapter: (base, adapter) => `${base} mit ${adapter}`,
    afterStep: (step) => `Das Modell nach Schritt ${step}`,
    failed: (name, why) => `„${name}“ konnte nicht geöffnet werden. ${why}`,
    tooLarge: (name, bytes, most) =>
      `„${name}“ hat ${format.bytes(bytes)}. Die Seite kann Modelle bis ${format.bytes(most)} öffnen.`,
  },

  sample: {
    title: 'Textprobe',
    now: 'jetzt',
    nowAt: (label) => `jetzt, ${label}`,
    earlier: 'Frühere Textprobe',
    first: 'vor dem ersten Schritt',
    after: (step) => `nach Schritt ${format.count(step)}`,
    blank: 'Bisher nur leere Zeilen.',
    empty:
      'Drück auf „Trainieren“. Alle paar Sekunden schreibt das Modell hier, was es schon kann: erst Rauschen, dann Buchstaben, dann Wörter.',
    timeline: 'Zeitleiste',
    play: 'Abspielen',
    stopPlaying: 'Nicht mehr abspielen',
    show: 'Gezeigte Textprobe',
    save: 'Speichern',
    saveAll: 'Textproben speichern',
    fileTitle: 'Textproben eines Laufs von mini-llm, alle mit demselben Anfang und demselben Startwert',
  },
  plainWords: {
    guesses: 'Es rät noch: Es hat erst zu wenig von deinem Text gesehen.',
    noWords: 'Es schreibt noch keine Wörter.',
    quotes: (share) => `Es beginnt, deinen Text zu zitieren: ${share} dieser Probe sind abgeschrieben.`,
    letters: (share) => `Es reiht Buchstaben aneinander: ${share} seiner Wörter stehen in deinem Text.`,
    words: (share) => `Es schreibt Wörter: ${share} davon stehen in deinem Text, aber selten nebeneinander.`,
    phrases: (share) => `Es schreibt Wendungen: ${share} seiner Wortpaare stehen so in deinem Text.`,
    choices: (count) => `Für jedes nächste Byte kommen noch ${count} von 256 infrage.`,
    overfits: (step, worse) =>
      `Es lernt auswendig (Overfitting): Bei neuem Text war es nach Schritt ${step} am besten und ist jetzt ${worse} schlechter. Hör hier auf, und nimm mehr Text oder eine kleinere Vorlage.`,
  },
  write: {
    title: 'Text erzeugen',
    prompt: 'Anfang (Prompt)',
    generate: 'Erzeugen',
    cancel: 'Abbrechen',
    hint: 'Das Modell schreibt diesen Text weiter. Lass ihn leer, um mit einer neuen Zeile zu beginnen.',
    pauses: 'Das Modell schreibt so gut, wie es jetzt kann; das Training wartet solange.',
    look: 'Einblick: Warum diese Wörter?',
    more: 'Mehr Einstellungen',
    generated: 'Erzeugter Text',
    speed: (n, rate) => `${tokens(n)} · ${format.rate(rate)} Tokens/s`,
    complete: (several) => (several ? 'Die Texte sind fertig.' : 'Der Text ist fertig.'),
    canceled: (several) => (several ? 'Die Texte sind abgebrochen.' : 'Der Text ist abgebrochen.'),
    cutOff: (several) => (several ? 'Die Texte brechen ab.' : 'Der Text bricht ab.'),
    replaced: 'Der Text endet hier, weil ein anderes Modell das schreibende ersetzt hat.',
    seed: 'Erzeugt mit dem Startwert',
    freshSeed: 'Jedes Mal wird ein neuer Startwert genommen.',
    keepSeed: 'Diesen noch einmal nehmen',
    fieldSeed: 'Es gilt der Startwert aus dem Feld „Startwert (Seed)“.',
    renewSeed: 'Jedes Mal einen neuen nehmen',
    empty: 'Hier erscheint der Text, während das Modell ihn schreibt.',
    sample: (n) => `Text ${n}`,
    promptTooLong: (n, seq_len) =>
      `Der Anfang hat ${tokens(n)}, und das Modell sieht ${format.count(seq_len)} auf einmal. Es schreibt also nach den letzten ${format.count(seq_len)} weiter.`,
  },
  copied: {
    ofSample: 'Wie viel der Textprobe ist aus dem Trainingstext abgeschrieben?',
    ofGenerated: 'Wie viel der erzeugten Texte ist aus dem Trainingstext abgeschrieben?',
    unknown:
      'Mit welchem Text ein geöffnetes Modell trainiert wurde, ist hier nicht bekannt. Trainiere auf dieser Seite ein Modell, um zu sehen, was es wiederholt.',
    waiting: 'Sobald ein Text fertig ist, sind hier die Stellen markiert, die er wiederholt.',
    share: (share, characters) =>
      `${format.roundPercent(share)} dieses Textes stehen Buchstabe für Buchstabe im Trainingstext. Die längste Stelle hat ${format.count(characters)} Zeichen.`,
    nothing: 'Nichts, was länger ist als ein paar Wörter, ist abgeschrieben.',
    passage: 'Die längste Stelle steht hier im Trainingstext:',
  },

  next: {
    about:
      'Ein Modell schreibt keine Wörter: Nach jedem Token sagt es, wie wahrscheinlich jedes Token seines Wortschatzes als Nächstes kommt. Die Filter streichen einige, und eins wird gezogen. Drück auf ein Token, um damit weiterzuschreiben.',
    generated: 'Der Anfang und was daraus erzeugt wurde. Wenn du hier etwas änderst, wird es zum Anfang.',
    samePrompt: 'Derselbe Anfang wie unter „Text erzeugen“.',
    noPrompt: 'Das Feld ist leer, deshalb ist der Anfang des Trainingstextes zu sehen.',
    skipped: (n) =>
      `${format.plural(n, { one: 'Das erste Token ist', other: 'Die ersten # Tokens sind' })} nicht zu sehen, auch nicht für das Modell.`,
    legend: 'Tokens des Textes; wähle eins, um zu sehen, was danach hätte kommen können',
    shades:
      'Je kräftiger die Farbe eines Tokens, desto wahrscheinlicher war es. Ein Punkt ist ein Leerzeichen, ⏎ ein Zeilenende.',
    likely: (text, share) => `${text}, nach dem Text davor zu ${format.probability(share)} wahrscheinlich`,
    summary: (text, share) =>
      `Für das Modell ist das wahrscheinlichste nächste Token ${text} mit ${format.probability(share)}.`,
    always: 'Dieses wird immer genommen.',
    among: (kept, vocabulary) =>
      `Gezogen wird aus ${format.count(kept)} von ${format.count(vocabulary)} Tokens.`,
    before: 'was das Modell sagt',
    after: 'woraus gezogen wird',
    candidates: 'Wahrscheinlichste nächste Tokens',
    model: 'Modell',
    sampler: 'Ziehung',
    dropped: 'gestrichen',
    last: 'Wähle oben das letzte Token, um von dort weiterzuschreiben.',
  },
  attention: {
    about:
      'Um zu sagen, was als Nächstes kommt, blickt jeder Kopf (Head) jeder Schicht auf frühere Tokens zurück und übernimmt etwas von ihnen. Zeig auf ein Token oder geh mit den Pfeiltasten hin, um zu sehen, wohin es geblickt hat.',
    layer: 'Schicht',
    head: 'Kopf',
    all: 'Alle Köpfe auf einmal',
    legend: 'Tokens des Textes; wähle eins, um zu sehen, wohin es geblickt hat',
    place: (layer, head) => `Schicht ${layer}, Kopf ${head}`,
    map: 'Karte seiner Aufmerksamkeit',
    mapOf: (layer, head) =>
      `Karte der Aufmerksamkeit von Kopf ${head} in Schicht ${layer}: eine Zeile je Token, eine Spalte für jedes Token, das es sehen kann`,
    mapHelp:
      'Eine Zeile der Karte ist ein Token, eine Spalte ein Token, auf das es blickt; mehr Farbe heißt mehr. Über der Diagonale ist sie leer, denn kein Token sieht ein späteres.',
    arcs: 'Bögen der Aufmerksamkeit',
    does: {
      previous: 'blickt auf das Token davor',
      induction: 'blickt auf das Token, das beim letzten Mal folgte (Induktion)',
      repeat: 'blickt auf dasselbe Token weiter vorn',
      first: 'blickt auf das erste Token',
      self: 'blickt auf das Token selbst',
      mixed: 'blickt auf viele Tokens',
    },
    share: (text, share) => `${text}, ${format.probability(share)} der Aufmerksamkeit`,
    most: (text, token, share) => `${text} (Token ${token}, ${format.probability(share)})`,
    summary: (layer, head, does, token, text, most) =>
      `Kopf ${head} von Schicht ${layer} ${does}. Um zu sagen, was auf Token ${token}, ${text}, folgt, blickt er am meisten auf ${most}.`,
    named: 'Köpfe mit einer Aufgabe',
    noneNamed:
      'Keine: Jeder Kopf blickt auf viele Tokens. Ein längeres Training oder ein größeres Modell bringt eher welche hervor.',
    measured:
      'Gemessen an diesem Text, bei Wiederholungen an seinen Tokens in anderer Reihenfolge, zweimal nacheinander.',
    lens: 'Schicht für Schicht',
    off: 'Teile abschalten',
  },
  lens: {
    about:
      'Was das Modell nach dem gewählten Token sagen würde, wenn es nach dieser Schicht zu Ende wäre, das Wahrscheinlichste zuerst.',
    fromEmbeddings: (text) => `Das wahrscheinlichste Token ist von den Einbettungen an ${text}.`,
    fromLayer: (text, layer) => `Das wahrscheinlichste Token ist von Schicht ${layer} an ${text}.`,
    table: 'Tabelle der Schichten',
    caption: 'Die wahrscheinlichsten nächsten Tokens nach jeder Schicht',
    after: 'Nach',
    embeddings: 'Einbettungen',
    layer: (layer) => `Schicht ${layer}`,
  },
  ablation: {
    tooShort: 'Für einen Verlust braucht der Text mindestens zwei Tokens.',
    about: (loss) =>
      `Der Verlust auf dem gezeigten Text ist ${format.loss(loss)} Nat je Token. Jede Zahl sagt, wie er sich ohne genau diesen Teil ändert: je größer, desto mehr braucht das Modell ihn hier. Nimm ein Häkchen weg, um den Teil in allen Ansichten abzuschalten.`,
    caption: 'Änderung des Verlusts ohne die einzelnen Schichten und Köpfe',
    wholeLayer: 'ganze Schicht',
    head: (head) => `Kopf ${head}`,
    layer: (layer) => `Schicht ${layer}`,
    wholePart: (layer, change) => `Die ganze Schicht ${layer}; ohne sie ändert sich der Verlust um ${change}`,
    headPart: (layer, head, change) =>
      `Kopf ${head} von Schicht ${layer}; ohne ihn ändert sich der Verlust um ${change}`,
    off: (parts, loss, change) =>
      `Mit ${format.plural(parts, { one: '# abgeschalteten Teil', other: '# abgeschalteten Teilen' })} ist der Verlust ${format.loss(loss)} (${change}).`,
    continuation: 'Die wahrscheinlichste Fortsetzung',
    without: '… mit abgeschalteten Teilen',
    allOn: 'Alles einschalten',
  },
  tokens: {
    about:
      'Ein Modell liest und schreibt Tokens, also Zahlen. Ein Token steht für ein einzelnes Byte oder, mit dem Tokenizer `bpe`, für ein häufiges Wortstück. Jedes Stück unten ist ein Token. Zeig darauf, um seine Nummer zu sehen.',
    which: 'Text, der in Tokens zerlegt wird',
    beginning: 'Anfang des Trainingstextes',
    newest: 'Neueste Textprobe',
    text: 'Text in Tokens',
    token: (id) => `Token Nr. ${id}`,
    count: (n, bytes) => `${tokens(n)} für ${format.count(bytes)} Byte.`,
    noModel: 'Trainiere oder öffne zuerst ein Modell; sein Tokenizer zerlegt den Text.',
  },
  embeddings: {
    about:
      'Das Modell hat für jedes Token eine Liste von Zahlen, seine Einbettung (Embedding). Tokens, die es ähnlich gebraucht, rücken zusammen. Die Karte zeigt die häufigsten Tokens deines Textes in den zwei Richtungen, in denen sie sich am meisten unterscheiden (PCA).',
    empty: 'Der Text ist leer: Gib einen Text ein, dessen Tokens gezeigt werden sollen.',
    follow: 'Dem Training folgen',
    refresh: 'Aktualisieren',
    step: (step) => `Nach Schritt ${format.count(step)}`,
    token: 'Token',
    neighbors: 'Nächste Tokens',
    neighborsHelp:
      'Nach dem Kosinus des Winkels zwischen den beiden Einbettungen: 1 heißt dieselbe Richtung, 0 nichts gemeinsam. Ein Druck auf eines führt dorthin.',
    explained: (x, y) =>
      `Waagerecht zeigt sie ${format.roundPercent(x)} aller Unterschiede, senkrecht ${format.roundPercent(y)}.`,
    summary: (n, groups) => `Karte von ${tokens(n)}. ${groups}`,
    group: (name, n, near) => `${name}: ${format.count(n)}, meist am nächsten: ${near}.`,
    ownGroup: 'die eigene Gruppe',
    groups: {
      vowel: 'Vokale',
      consonant: 'Konsonanten',
      capital: 'Großbuchstaben',
      digit: 'Ziffern',
      punctuation: 'Satzzeichen',
      space: 'Leerraum',
      hangul: 'Hangul',
      word: 'Wortanfänge',
      piece: 'Wortstücke',
      other: 'Sonstige',
    },
  },
  race: {
    about:
      'Für jedes neue Token braucht ein Modell die Schlüssel und Werte (Keys und Values) aller Tokens davor. Mit dem KV-Cache berechnet es sie einmal und behält sie; ohne ihn berechnet es für jedes Token den ganzen Text neu. Hier schreiben beide denselben Text mit demselben Seed, abwechselnd ein Token.',
    tokens: 'Zu schreibende Tokens',
    start: 'Rennen starten',
    stop: 'Anhalten',
    busy: 'Warte, bis der Text fertig ist: Beides zugleich würde einander bremsen.',
    pauses: 'Das Training wartet so lange.',
    on: 'Mit Cache',
    off: 'Ohne Cache',
    rate: (perSecond) => `${format.rate(perSecond)} Tokens/s`,
    computed: (n) => `${tokens(n)} berechnet`,
    work: 'Was berechnet wird',
    workHelp: 'Eine Zeile ist ein neues Token, eine Spalte ein Token des Textes.',
    computedKey: 'berechnet',
    cachedKey: 'aus dem Cache gelesen',
    workLabel: (lane, steps, computed, cached) =>
      `${lane}: für ${format.plural(steps, { one: '# neues Token', other: '# neue Tokens' })} ${tokens(computed)} berechnet und ${format.count(cached)} aus dem Cache gelesen.`,
    time: 'Millisekunden je Token',
    timeHelp:
      'Nach seiner Stelle. Das erste Token, für das beide den ganzen Prompt berechnen, fehlt. Spitzen, die aus dem Diagramm ragen, kommen von anderer Arbeit auf dem Rechner.',
    timeLabel: (n, on, off) =>
      `Diagramm der Zeit von ${tokens(n)}: im Mittel ${format.decimal(on, 2)} ms mit Cache und ${format.decimal(off, 2)} ms ohne.`,
    running: (done, all) => `Token ${format.count(done)} von ${format.count(all)} …`,
    faster: (speed, work) =>
      `Mit Cache ist es ${format.decimal(speed, 1)}-mal so schnell; ohne ihn werden ${format.decimal(work, 1)}-mal so viele Tokens berechnet.`,
    slower: (work) =>
      `Hier bringt der Cache nichts: Ohne ihn werden ${format.decimal(work, 1)}-mal so viele Tokens berechnet, aber es sind zu wenige, um ins Gewicht zu fallen.`,
    past: (context) =>
      `Jenseits des Kontexts von ${tokens(context)} rückt das Fenster weiter: Ein Modell mit gelernten Positionen berechnet es dann neu, auch mit Cache.`,
    same: 'Beide haben denselben Text geschrieben:',
    different: 'Die Texte unterscheiden sich, was nicht vorkommen darf; bitte melde es. Mit Cache:',
    cutOff: 'Es wurde angehalten.',
  },
  structure: {
    about:
      'Ein Text geht von oben nach unten durch diese Teile; die Blöcke wiederholen sich. Die Zeichnung folgt den Optionen. Ein Druck auf ein Teil zeigt seine Formel und seine Zahlen.',
    blocks: (n) => format.plural(n, { one: '# Block', other: '# Blöcke hintereinander' }),
    add: '+ was hereinkam',
    begin: 'Tokens',
    end: 'Wahrscheinlichkeit jedes nächsten Tokens',
    total: (n) => `${format.count(n)} Parameter`,
    weights: (bytes) => `${format.bytes(bytes)} Gewichte`,
    cache: (bytes) => `${format.bytes(bytes)} Schlüssel und Werte im vollen KV-Cache`,
    training: (bytes) => `höchstens ${format.bytes(bytes)} Speicher fürs Training`,
    parameters: 'Parameter',
    time: 'der Zeit eines Schritts',
    measure: 'Messen, wo die Zeit bleibt',
    measuring: 'Messung läuft …',
    measureHelp:
      'Trainiert etwa eine Sekunde lang ein neues Modell mit diesen Optionen und vergisst es wieder.',
    wait: 'Halte das Training an, um zu messen: Beides zugleich würde einander bremsen.',
    measured: (ms, update, rest) =>
      `Ein Schritt dauert ${format.decimal(ms, 1)} ms. ${format.roundPercent(update)} davon braucht der Optimizer, ${format.roundPercent(rest)} gehören zu keinem Teil. Gleiche Rechnungen werden zusammen gemessen: Normen sind nach ihrer Anzahl aufgeteilt, Matrixprodukte nach ihrer Größe.`,
    share: (of) => `${format.roundPercent(of)} der Zeit`,
    none: 'keine Parameter',
    exact: (n, bytes) => `${format.count(n)} Parameter, ${format.bytes(bytes)} als float32`,
    each: (n, blocks) =>
      `${format.count(n)} in ${format.plural(blocks, { one: '# Block', other: 'jedem von # Blöcken' })}`,
    tensor: 'Tensor',
    shape: 'Form',
    parts: {
      tokens: {
        label: 'Token-Einbettung',
        help: 'Jedes Token des Vokabulars hat eine Zeile von Zahlen, die das Modell lernt.',
      },
      positions: {
        label: 'Positions-Einbettung',
        help: 'Auch jede Stelle des Kontexts hat eine Zeile von Zahlen; ohne sie ginge die Reihenfolge der Tokens verloren.',
      },
      norm_1: { label: 'Norm', help: 'Bringt die Zahlen jedes Tokens auf eine gemeinsame Größe.' },
      qkv: {
        label: 'Queries, Keys, Values',
        help: 'Für jeden Kopf: was ein Token sucht, was es anbietet und was es weitergibt.',
      },
      rotary: {
        label: 'Norm und Drehung',
        help: 'Dreht Zahlenpaare um die Position, sodass der Winkel zwischen Query und Key sagt, wie weit ihre Tokens auseinanderliegen.',
      },
      attention: {
        label: 'Aufmerksamkeit',
        help: 'Jeder Kopf sammelt Werte vom Token selbst und von denen davor, umso mehr, je besser Query und Key zusammenpassen.',
      },
      attention_out: { label: 'Ausgang der Aufmerksamkeit', help: 'Mischt, was die Köpfe gesammelt haben.' },
      norm_2: { label: 'Norm', help: 'Bringt die Zahlen jedes Tokens auf eine gemeinsame Größe.' },
      mlp_in: {
        label: 'MLP, breiter',
        help: 'Betrachtet jedes Token für sich, mit mehr Zahlen, als das Modell breit ist.',
      },
      activation: {
        label: 'Aktivierung',
        help: 'Lässt kleine und negative Zahlen nur zum Teil durch; ohne sie könnten mehrere Schichten nicht mehr als eine.',
      },
      mlp_out: { label: 'MLP, schmaler', help: 'Bringt das Ergebnis zurück auf die Breite des Modells.' },
      last_norm: { label: 'Letzte Norm', help: 'Bringt die Zahlen noch einmal auf eine gemeinsame Größe.' },
      head: {
        label: 'Ausgabe',
        help: 'Eine Zahl für jedes Token des Vokabulars, aus denen Softmax Wahrscheinlichkeiten macht. Meist ist ihre Tabelle die der Token-Einbettung.',
      },
    },
  },
  sentence: {
    own: 'Dein eigener Satz',
    label: 'Satz',
    example: 'Zwölf Boxkämpfer jagen Eva, 다람쥐 und 🐈',
    tokens: 'Tokens des Satzes',
    summary: (n, characters) =>
      `${tokens(n)} für ${format.plural(characters, { one: '# Zeichen', other: '# Zeichen' })}.`,
    partsHelp: 'Ein Zeichen aus mehreren Tokens ist eingerahmt; jedes davon enthält nur einige seiner Bytes.',
    part: (i, of, character, id) => `Teil ${i} von ${of} von ${character}, Token ${id}`,
    merges: 'Wie sie entstanden sind',
    bytes: 'Die Tokens dieses Modells sind einzelne Bytes; da gibt es nichts zu verbinden.',
    about:
      'Am Anfang ist jedes Byte ein Token. Dann verbindet der Tokenizer Paare in der Reihenfolge, in der er sie gelernt hat, die häufigsten zuerst.',
    longest: (n) => `Nur die ersten ${n} Zeichen werden gezeigt.`,
    back: 'Zurück',
    next: 'Weiter',
    play: 'Abspielen',
    stop: 'Anhalten',
    slider: 'Gezeigte Verbindung',
    at: (i, all) => `nach ${i} von ${format.plural(all, { one: '# Verbindung', other: '# Verbindungen' })}`,
    begin: (n) => `Der Anfang: ${format.count(n)} Byte, jedes ein Token.`,
    merge: (left, right, into, id) => `Aus ${left} und ${right} wird ${into}, Token ${id}.`,
    left: (n) => format.plural(n, { one: '# Token bleibt.', other: '# Tokens bleiben.' }),
    state: 'Tokens an dieser Stelle',
  },

  runs: {
    about:
      'Läufe werden hier beim Trainieren mit ihrem Text gespeichert. Was du umbenennst oder verdoppelst, bleibt, bis du es löschst. Die anderen machen Platz für neue, wenn es eng wird, die ältesten zuerst.',
    inMemory:
      'Dieser Browser behält für diese Seite nichts, wie in manchen privaten Fenstern. Die Läufe sind weg, wenn du den Tab schließt; speichere das Modell in eine Datei.',
    inDatabase:
      'Dieser Browser hat kein eigenes Dateisystem für Seiten, deshalb liegen die Läufe in seiner Datenbank.',
    deleted: (name) => `„${name}“ ist gelöscht.`,
    undo: 'Rückgängig',
    none: 'Noch keine Läufe. Drück auf „Trainieren“.',
    space: (used, left) => `Diese Seite belegt ${format.bytes(used)}, frei sind noch ${format.bytes(left)}.`,
    persisted: 'Der Browser löscht davon nichts von selbst.',
    mayDelete: 'Wenn die Platte fast voll ist, darf der Browser etwas davon löschen.',
    persist: 'Den Browser bitten, alles zu behalten',
    notPersisted:
      'Der Browser hat abgelehnt. Bei Seiten, die oft besucht werden oder ein Lesezeichen haben, stimmt er zu.',
    cannotKeep: 'Dieser Browser kann keine Läufe behalten.',
    openHere: 'hier geöffnet',
    elsewhere: 'in einem anderen Tab geöffnet',
    name: 'Name des Laufs',
    rename: 'Umbenennen',
    cancel: 'Abbrechen',
    options: 'Einstellungen',
    open: 'Öffnen',
    copyOf: (name) => `${name} (Kopie)`,
    duplicate: 'Verdoppeln',
    download: 'Herunterladen',
    delete: 'Löschen',
    step: (step, steps) => `Schritt ${format.count(step)} von ${format.count(steps)}`,
    loss: (loss) => `Verlust ${format.loss(loss)}`,
    validationLoss: (loss) => `Validierungsverlust ${format.loss(loss)}`,
    parameters: (n) => `${format.parameters(n)} Parameter`,
    text: (name, bytes) => `Text: ${name === '' ? 'eingegeben' : name}, ${format.bytes(bytes)}`,
    saved: (ms) => `gespeichert ${format.time(ms)}`,
  },
  offer: {
    title: 'Letzter Lauf',
    ended: (name, n) => `Dein Lauf „${name}“ ist nach ${inSteps(n)} zu Ende`,
    stands: (name, step, steps) =>
      `Dein Lauf „${name}“ steht bei Schritt ${format.count(step)} von ${format.count(steps)}`,
    loss: (loss) => `, mit einem Verlust von ${format.loss(loss)}`,
    saved: (ms) => `Gespeichert ${format.time(ms)}.`,
    goOn: 'Weitermachen',
    open: 'Nur öffnen',
    notNow: 'Nicht jetzt',
  },
  openModel: {
    title: 'Modell aus einer Datei',
    help: 'Eine Modelldatei (.safetensors), die du hier oder auf der Kommandozeile gespeichert hast. Auch ein GPT-2 oder Qwen3 aus einem anderen Programm geht: Wähle dessen Dateien config.json, tokenizer.json und .safetensors zusammen aus, oder zieh den Ordner oder ein ZIP-Archiv davon auf die Seite.',
    open: 'Modell öffnen',
    field: 'Modelldatei zum Öffnen',
  },

  file: {
    title: 'Modelldatei',
    help: 'Eine Modelldatei (.safetensors) enthält die Gewichte und alles, was das Training zum Fortsetzen braucht, hier oder auf der Kommandozeile. Wieder öffnen kannst du sie unter [Läufe](#runs).',
    noModel:
      'Trainiere ein Modell oder öffne eins unter [Läufe](#runs). Hier speicherst du es dann in eine Datei und exportierst es für andere Programme.',
    adapter:
      'Eine Adapterdatei enthält nur die LoRA-Matrizen. Öffne zuerst das Basismodell, dann den Adapter.',
    save: 'Modell speichern',
    saveAdapter: 'Adapter speichern',
    format: 'Exportieren als',
    numbers: 'Zahlen',
    weights: 'Zu exportierende Gewichte',
    export: 'Exportieren',
    writes: (help) => `Schreibt ${help}.`,
    folder: 'Der Ordner kommt als ZIP-Archiv.',
  },
  exportFormats: {
    hf: {
      label: 'Ordner für Hugging Face',
      help: 'einen Ordner für transformers und MLX: Gewichte, Konfiguration, Tokenizer und Modellkarte',
    },
    gguf: {
      label: 'GGUF für llama.cpp, Ollama und LM Studio',
      help: 'einen Ordner für llama.cpp, Ollama und LM Studio: eine .gguf-Datei, ein Modelfile und eine Anleitung zum Öffnen',
    },
    onnx: {
      label: 'ONNX für onnxruntime',
      help: 'einen Ordner für onnxruntime: eine .onnx-Datei mit Key-Value-Cache, Konfiguration, Tokenizer und eine Anleitung zum Öffnen',
    },
    'transformers.js': {
      label: 'Ordner für transformers.js',
      help: 'einen Ordner für transformers.js in Webseiten und Node: eine .onnx-Datei, Konfiguration, Tokenizer und eine Anleitung zum Öffnen',
    },
    html: {
      label: 'Seite, die überall aufgeht (.html)',
      help: 'eine einzige Seite mit dem Modell und dem Programm darin, die in jedem Browser ohne Netz Text erzeugt',
    },
    npz: { label: 'NumPy-Arrays (.npz)', help: 'die Gewichte als Arrays für numpy.load' },
    safetensors: {
      label: 'Nur die Gewichte (.safetensors)',
      help: 'die Gewichte ohne den Zustand des Optimierers, für mini-llm und PyTorch',
    },
    tokenizer: {
      label: 'Nur der Tokenizer (tokenizer.json)',
      help: 'den Tokenizer, für die Bibliothek tokenizers von Hugging Face',
    },
    peft: {
      label: 'LoRA-Adapter für PEFT',
      help: 'einen Ordner für PEFT mit dem LoRA-Adapter ohne sein Basismodell',
    },
    adapter: {
      label: 'LoRA-Adapter als Datei',
      help: 'den LoRA-Adapter als eine Datei, für „generate --adapter“',
    },
  },
  recipe: {
    about: (bytes, hash) =>
      `Alles, was man braucht, um diesen Lauf zu wiederholen, außer dem Text selbst (${format.bytes(bytes)}, SHA-256 \`${hash}\`).`,
    same: (version, everywhere) =>
      `Mit mini-llm ${version} und diesem Text ist sein Ergebnis ${everywhere ? 'auf jedem Rechner' : 'auf Prozessoren derselben Art'} bis aufs Bit gleich.`,
    changes:
      'Die Einstellungen haben sich während des Laufs geändert: Jede weitere Zeile macht mit dem Modell der vorigen weiter.',
    linkHasLast: 'Ein Link enthält die letzten.',
    copyCommand: 'Kommandozeile kopieren',
    copyJson: 'JSON kopieren',
    copyLink: 'Link kopieren',
    toCopy: 'Rezept zum Kopieren',
    help: '`mini-llm train --recipe` liest das JSON, und jedes gespeicherte Modell enthält es. Der Link öffnet diese Seite mit denselben Einstellungen.',
    unknown:
      'In der Datei dieses Modells steht nicht, wie sein Lauf begann: Eine frühere Version hat sie gespeichert, oder sie enthält nur Gewichte.',
    noModel:
      'Trainiere ein Modell oder öffne eins. Hier steht dann, wie man seinen Lauf wiederholt, auf dieser Seite oder auf der Kommandozeile.',
  },

  progress: {
    title: 'Fortschritt',
    restored: (step) => `Modell und Verluste sind die von Schritt ${format.count(step)}.`,
    loss: 'Verlust (Loss)',
    lossHelp: 'wie sehr das nächste Token überrascht, in Nat; weniger ist besser',
    validationLoss: 'Validierungsverlust',
    validationHelp: 'der Verlust auf einem Teil des Textes, mit dem nicht trainiert wird',
    noValidation: 'der Text ist zu kurz, um einen Teil für die Validierung zurückzulegen',
    bits: 'Bit je Byte',
    bitsOfTraining: 'der Trainingsverlust in Bit je Byte Text; wer rät, braucht 8',
    bitsOfValidation: 'der Validierungsverlust in Bit je Byte Text; wer rät, braucht 8',
    rate: 'Tokens je Sekunde',
    rateHelp: 'wie schnell trainiert wird',
  },
  chart: {
    title: 'Verlust nach Schritten',
    training: 'Training',
    validation: 'Validierung',
    best: (step) => `bester, Schritt ${format.count(step)}`,
    help: 'Beide sinken, solange das Modell lernt. Steigt der Validierungsverlust, während der Trainingsverlust noch sinkt, lernt das Modell den Text auswendig.',
    empty: 'Verlustkurven, leer bis zum Beginn des Trainings.',
    summary: (step, loss) =>
      `Verlustkurven bis Schritt ${format.count(step)}, mit einem Verlust von ${format.loss(loss)}.`,
    summaryBoth: (step, loss, validation) =>
      `Verlustkurven bis Schritt ${format.count(step)}, mit einem Verlust von ${format.loss(loss)} und einem Validierungsverlust von ${format.loss(validation)}.`,
    marked: (step) => `Schritt ${format.count(step)} mit dem besten Validierungsverlust ist markiert.`,
  },
  settings: {
    preset: 'Vorlage',
    all: 'Alle Einstellungen',
    size: (parameters, bytes) =>
      `${format.parameters(parameters)} Parameter (die Zahlen, die das Training anpasst), ${format.bytes(bytes)} Speicher. Du kannst das Training jederzeit beenden und das Modell behalten.`,
    figures: (parameters, bytes, seconds) =>
      `${format.parameters(parameters)} Parameter · ${format.bytes(bytes)} · ${format.estimate(seconds)}`,
    readAs: (value) => `Gelesen als ${value}.`,
    onePerLine: (help) => `${help}; einer je Zeile`,
    finetuning: 'Nachtrainieren (Fine-Tuning)',
    finetuningHelp:
      '„Mit diesem Text nachtrainieren“ trainiert das jetzige Modell mit dem Trainingstext. Form und Tokenizer des Modells bleiben; Schritte, Batchgröße und anderes stehen unter „Alle Einstellungen“.',
    finetuningOptions: 'Einstellungen zum Nachtrainieren',
  },
  presets: {
    quick: { label: 'Schnell', help: 'Schreibt nach wenigen Sekunden Wörter.' },
    standard: {
      label: 'Normal',
      help: 'Lernt in einer halben Minute die Wörter und den Aufbau eines Textes.',
    },
    thorough: {
      label: 'Gründlich',
      help: 'Ein größeres Modell, das in zwei Minuten Wendungen und mehr vom Stil lernt.',
    },
    english: {
      label: 'Mit Englisch',
      help: 'Beginnt mit einem Modell, das Englisch gelesen hat; schon eine Seite Text reicht.',
    },
    large: {
      label: 'Groß',
      help: 'Lernt am meisten, aus langen Texten mit langem Kontext; dauert einen Abend.',
    },
    nanogpt: {
      label: 'nanoGPT',
      help: 'Zum Vergleich das Modell, das nanoGPT auf einer CPU trainiert: GPT-2 auf einzelnen Bytes, mit AdamW.',
    },
  },
  fitted: {
    byte: 'er wird Byte für Byte gelesen, weil sich daraus zu wenige längere Tokens lernen ließen',
    bpe: (vocab_size) => `er wird in ${format.count(vocab_size)} verschiedene Tokens zerlegt`,
    dropout: (dropout) =>
      `ein kleines Modell, Dropout (${format.decimal(dropout, 1)}) und ein frühes Ende verhindern, dass das Modell ihn auswendig lernt`,
    whole: (parts) => `Bei einem Text dieser Länge gilt: ${parts.join('; ')}.`,
    inEnglish: 'Ist er englisch, kennt ihn die Vorlage „Mit Englisch“ nach wenigen Sekunden viel besser.',
  },
  options: {
    start_from: {
      label: 'Ausgangspunkt',
      help: 'nothing: zufällige Gewichte; english: ein Modell, das englische Reden, Romane und die Bibel gelesen hat und Form und Tokenizer mitbringt, am besten für kurze Texte',
    },
    arch: {
      label: 'Architektur',
      help: 'wie das Modell gebaut ist: gpt2 wie 2019 oder qwen3, das schneller lernt und über seinen Kontext hinaus weiterschreiben kann',
    },
    tokenizer: {
      label: 'Zerlegung (Tokenizer)',
      help: 'was ein Token ist: ein einzelnes Byte oder (bpe) ein häufiges Wortstück, das aus dem Text gelernt wird; kurze Texte nehmen Bytes, wenn nichts anderes gewählt ist',
    },
    vocab_size: {
      label: 'Wortschatz',
      help: 'Zahl der verschiedenen Tokens beim Tokenizer bpe: die 256 Bytes und die gelernten Stücke; kurze Texte nehmen weniger, wenn nichts anderes gewählt ist',
    },
    n_layer: {
      label: 'Schichten',
      help: 'Zahl der Transformer-Blöcke: mehr können mehr lernen, und jeder kostet noch einmal dieselbe Zeit',
    },
    n_head: {
      label: 'Köpfe',
      help: 'Attention-Köpfe in jeder Schicht; n_embd muss ein Vielfaches davon sein',
    },
    n_kv_head: {
      label: 'Key-Value-Köpfe',
      help: 'Köpfe für Keys und Values, ein Teiler von n_head: weniger machen den KV-Cache kleiner; 0 heißt n_head. Nur für qwen3',
    },
    n_embd: {
      label: 'Breite',
      help: 'Zahlen, die im Modell für ein Token stehen; die Zeit wächst mit dem Quadrat',
    },
    seq_len: { label: 'Kontextlänge', help: 'wie viele Tokens das Modell auf einmal sieht' },
    embedding_init: {
      label: 'Erste Embeddings',
      help: 'die Vektoren der Tokens vor dem ersten Schritt: zufällig (random) oder ähnlich für Tokens, die im Text neben denselben Tokens stehen (pairs), was schneller lernt',
    },
    dropout: {
      label: 'Ausfallrate (Dropout)',
      help: 'Anteil der Aktivierungen, die beim Training zufällig auf null gesetzt werden, damit das Modell den Text nicht auswendig lernt; 0,1 bei kurzen Texten, wenn nichts anderes gewählt ist',
    },
    batch_size: {
      label: 'Batchgröße',
      help: 'Stücke von je seq_len Tokens, die auf einmal verarbeitet werden',
    },
    grad_accum: {
      label: 'Gradienten sammeln',
      help: 'Batches, deren Gradienten zu einem Schritt gemittelt werden: ein größerer Batch ohne mehr Speicher',
    },
    max_steps: {
      label: 'Schritte',
      help: 'wie oft die Gewichte angepasst werden; die Lernrate sinkt über alle Schritte',
    },
    lr: {
      label: 'Lernrate',
      help: 'Größe jeder Anpassung nach dem Aufwärmen; nimm weniger, wenn der Verlust springt oder NaN wird',
    },
    min_lr: { label: 'Letzte Lernrate', help: 'Lernrate im letzten Schritt' },
    warmup_steps: {
      label: 'Aufwärmphase',
      help: 'Schritte, in denen die Lernrate von null ansteigt',
    },
    schedule: {
      label: 'Verlauf der Lernrate',
      help: 'wie die Lernrate sinkt: entlang eines Kosinus, einer Geraden oder (wsd) nur in den letzten Schritten, damit man einen Lauf verlängern kann',
    },
    decay_fraction: {
      label: 'Abklingphase',
      help: 'beim Verlauf wsd: Anteil der Schritte am Ende, in denen die Lernrate sinkt',
    },
    optimizer: {
      label: 'Optimierer',
      help: 'wie aus Gradienten Anpassungen werden; muon macht die Anpassungen der verborgenen Matrizen in jeder Richtung gleich stark, was schneller lernt, und nimmt adamw für die übrigen Gewichte',
    },
    muon_lr: {
      label: 'Lernrate von Muon',
      help: 'beim Optimierer muon: Lernrate der verborgenen Matrizen; sie folgt demselben Verlauf',
    },
    softmax_tokens: {
      label: 'Tokens im Softmax',
      help: 'die Ausgabeschicht vergleicht in einem Trainingsschritt so viele, jedes Mal neu gezogene Tokens statt des ganzen Wortschatzes; das letzte Fünftel der Schritte vergleicht alle; 0: immer alle',
    },
    weight_decay: {
      label: 'Abnahme der Gewichte (Weight Decay)',
      help: 'wie stark jeder Schritt die Gewichtsmatrizen zur Null zieht (entkoppelt, wie bei AdamW)',
    },
    beta1: { label: 'Beta-1-Wert', help: 'wie langsam AdamW die Richtung früherer Gradienten vergisst' },
    beta2: { label: 'Beta-2-Wert', help: 'wie langsam AdamW die Größe früherer Gradienten vergisst' },
    grad_clip: {
      label: 'Gradienten kappen',
      help: 'größte Norm des Gradienten über alle Gewichte; längere Gradienten werden darauf gekürzt; 0 schaltet das ab',
    },
    val_fraction: {
      label: 'Anteil zur Validierung',
      help: 'Teil des Textes an seinem Ende, an dem der Verlust gemessen und mit dem nicht trainiert wird; 0 trainiert mit dem ganzen Text',
    },
    eval_every: {
      label: 'Validieren alle',
      help: 'Schritte zwischen zwei Messungen des Validierungsverlusts; 0 misst nur am Ende',
    },
    eval_stride: {
      label: 'Schrittweite der Validierung',
      help: 'Tokens von einem Fenster zum nächsten; weniger als seq_len geben jedem Token mehr Kontext, wie beim Erzeugen, und dauern länger; 0: Fenster nebeneinander',
    },
    eval_batches: {
      label: 'Batches zur Validierung',
      help: 'Batches in einer Messung, gleichmäßig über den zurückgelegten Teil verteilt; 0 nimmt den ganzen Teil',
    },
    patience: {
      label: 'Geduld',
      help: 'nach so vielen Validierungen ohne besseren Verlust endet das Training, und die besten Gewichte kommen zurück; 0 endet nie vorzeitig',
    },
    freeze_layers: {
      label: 'Eingefrorene Schichten',
      help: 'Zahl der ersten Schichten, die sich nicht ändern, ebenso wenig die Einbettungen und die daran gebundene Ausgabeschicht: Schritte gehen schneller, und weniger wird vergessen; 0 trainiert alles',
    },
    lora_rank: {
      label: 'LoRA-Rang',
      help: 'nur eine Änderung von niedrigem Rang je verborgener Matrix trainieren, mit adamw; sie lässt sich als kleiner Adapter speichern; 8 ist üblich, 0 trainiert die Gewichte selbst',
    },
    lora_alpha: {
      label: 'LoRA-Alpha',
      help: 'bei einem LoRA-Rang: die Änderung wird mit alpha/rank malgenommen',
    },
    temp: {
      label: 'Temperatur',
      help: 'höher überrascht mehr, niedriger geht auf Nummer sicher; 0 nimmt immer das wahrscheinlichste Token',
    },
    top_k: {
      label: 'Die k besten (Top-k)',
      help: 'nur aus den k wahrscheinlichsten Tokens ziehen; 0 schaltet das ab',
    },
    top_p: {
      label: 'Gemeinsamer Anteil (Top-p)',
      help: 'nur aus den wahrscheinlichsten Tokens ziehen, die zusammen diese Wahrscheinlichkeit erreichen; 1 schaltet das ab',
    },
    min_p: {
      label: 'Mindestanteil (Min-p)',
      help: 'nur aus Tokens ziehen, die mindestens diesen Anteil der Wahrscheinlichkeit des besten haben; 0 schaltet das ab',
    },
    repetition_penalty: {
      label: 'Strafe für Wiederholung',
      help: 'über 1 werden Tokens, die schon im Kontext stehen, unwahrscheinlicher; 1 schaltet das ab',
    },
    max_new_tokens: {
      label: 'Länge',
      help: 'wie viele Tokens erzeugt werden: Bytes oder, beim Tokenizer bpe, Wortstücke',
    },
    n: {
      label: 'Anzahl der Texte',
      help: 'Texte, die auf einmal erzeugt werden, jeder mit eigenen Zufallszahlen; zusammen geht es schneller als nacheinander',
    },
    seed: {
      label: 'Startwert (Seed)',
      help: 'Anfang der Zufallszahlen: derselbe Startwert, Text und dieselben Einstellungen ergeben dasselbe, Bit für Bit',
    },
    cache: {
      label: 'KV-Cache',
      help: 'Keys und Values früherer Tokens behalten, statt sie neu zu berechnen: derselbe Text, viel schneller',
    },
    int8: {
      label: 'int8-Gewichte',
      help: 'die Gewichte auf 8 Bit runden: schneller, vor allem bei großen Modellen, und fast so genau',
    },
    stop: {
      label: 'Aufhören bei',
      help: String.raw`aufhören, sobald einer dieser Texte erzeugt ist; \n steht für einen Zeilenumbruch und \\ für einen Backslash`,
    },
    prompt: {
      label: 'Anfang (Prompt)',
      help: 'Text, der weitergeschrieben wird; leer beginnt eine neue Zeile',
    },
    stop_at_step: {
      label: 'Beenden nach Schritt',
      help: 'nach diesem Schritt speichern und aufhören, ohne den Verlauf der Lernrate zu ändern, sodass man fortsetzen kann; 0 hört nie früher auf',
    },
    sample_every: {
      label: 'Textprobe alle',
      help: 'Schritte zwischen zwei Textproben beim Training; 0 erzeugt keine',
    },
    save_every: {
      label: 'Speichern alle',
      help: 'Schritte (100) oder Zeit (30s, 10min) zwischen zwei Sicherungen beim Training; 0 speichert bei jeder Validierung und mindestens jede Minute',
    },
    keep: {
      label: 'Ältere Sicherungen',
      help: 'Zahl der älteren Sicherungen neben dem Modell, jede nach ihrem Schritt benannt: model.step-400.safetensors',
    },
    threads: {
      label: 'Zahl der Threads',
      help: 'Prozessorkerne, die Builds mit Threads nutzen; 0 nimmt so viele, wie etwas bringen. Das Ergebnis hängt nicht davon ab',
    },
    variant: {
      label: 'Fassung des Kerns (Build)',
      help: 'welcher Build des Kerns läuft; auto nutzt Relaxed SIMD, Threads und breite Kernel, wo es sie gibt',
    },
    reproducible: {
      label: 'Reproduzierbar',
      help: 'nur Builds nehmen, deren Ergebnisse auf jedem Rechner dieselben Bits sind',
    },
  },
  choices: {
    nothing: 'nothing (von null an)',
    english: 'english (englisches Modell)',
    bpe: 'bpe (Wortstücke)',
    cosine: 'cosine (Kosinus)',
    linear: 'linear (Gerade)',
    auto: 'auto (automatisch)',
  },
  validation: {
    empty: 'ein leeres Feld',
    range: (whole, min, max) => `eine ${whole ? 'ganze ' : ''}Zahl von ${min} bis ${max}`,
    rangeAbove: (whole, above, max) => `eine ${whole ? 'ganze ' : ''}Zahl über ${above} und höchstens ${max}`,
    number: (called, range, shown) => `${called} muss ${range} sein, nicht ${shown}.`,
    ambiguous: (called, range, shown, one, other) =>
      `${called} muss ${range} sein. ${shown} könnte ${one} oder ${other} heißen; schreib ${one} oder ${other}.`,
    bool: (called, shown) => `${called} muss true oder false sein, nicht ${shown}.`,
    choice: (called, choices, shown) => `${called} muss eins von ${choices.join(', ')} sein, nicht ${shown}.`,
    string: (called, shown) => `${called} muss ein Text sein, nicht ${shown}.`,
    interval: (called, shown) =>
      `${called} muss eine Zahl von Schritten wie 100 oder eine Zeit wie 30s oder 10min sein, nicht ${shown}.`,
    strings: (called, shown) => `${called} muss eine Liste von Texten sein, nicht ${shown}.`,
  },
  benchmark: {
    about:
      'Misst, wie schnell dieser Browser trainiert und Text erzeugt. W1 und W2 trainieren ein Modell mit 4 Schichten und Breite 128 auf Kontexten von 64 und 128 Tokens; G1 erzeugt damit Text. W3 und G3 haben 6 Schichten, Breite 384 und einen Kontext von 256. Die Tabellen zeigen Mediane mehrerer Durchgänge und den Anteil an der Spitzengeschwindigkeit dieses Prozessors in WebAssembly. Dein Text und dein Modell bleiben, wie sie sind.',
    large: 'Auch große Modelle (W3, G3)',
    everyBuild: 'Jeden Build messen, der hier läuft',
    start: 'Messung starten',
    stop: 'Messung beenden',
    copy: 'Kopieren',
    waitForTraining: 'Warte das Ende des Trainings ab: Beides würde sich gegenseitig bremsen.',
    waitForGeneration: 'Warte, bis der Text erzeugt ist: Beides würde sich gegenseitig bremsen.',
    progress: 'Fortschritt der Messung',
    preparing: 'Wird vorbereitet …',
    measuring: (what) => `${what} wird gemessen …`,
    done: 'Fertig.',
    stopped: 'Beendet.',
    stoppedByTraining: 'Beendet, weil ein Training begonnen hat.',
    stoppedByGeneration: 'Beendet, weil Text erzeugt wird.',
    markdown: 'Ergebnisse als Markdown',
    profile: 'Zeit jeder Operation in einem Schritt',
    tables: {
      peak: 'Spitze des Matrix-Kernels',
      peakHead: ['Build', 'GFLOP/s je Thread'],
      training: 'Training; MFU ist der Anteil an dieser Spitze mal der Zahl der Threads',
      trainingHead: [
        'Training',
        'Build',
        'Threads',
        'ms/Schritt',
        'Tokens/s',
        'GFLOP/s',
        'MFU',
        'Heap, höchstens',
      ],
      generation: 'Erzeugen, ein Text nach dem anderen, bis der Kontext voll ist, in Tokens/s',
      generationHead: [
        'Erzeugen',
        'Build',
        'Threads',
        'mit Cache',
        'ohne',
        'Gewinn',
        'int8, mit Cache',
        'Heap, höchstens',
      ],
      contexts: (setting) =>
        `Gewinn durch den KV-Cache je Kontextlänge, in Tokens/s (Modell von G1${setting && `, ${setting}`})`,
      contextsHead: ['Kontext', 'mit Cache', 'ohne', 'Gewinn'],
      setting: (variant, threads) => `Build ${variant}, ${inThreads(threads)}`,
      profile: (workload, settings) => `Zeit jeder Operation in einem Schritt von ${workload}: ${settings}`,
      operation: 'Operation',
      pass: 'Durchgang',
      calls: 'Aufrufe',
      share: 'Anteil',
      shareOn: (threads) => `${inThreads(threads)}, Anteil`,
      speed: 'Tempo',
      rest: '(der Rest)',
    },
  },

  beside: {
    title: 'Während des Trainings',
    hidden: 'Das Training läuft weiter, auch wenn ein anderer Tab im Vordergrund ist.',
    awake: 'Bildschirm eingeschaltet lassen',
    awakeHelp:
      'Damit dieses Gerät nicht einschläft. Endet, wenn das Training pausiert, fertig ist oder nicht mehr zu sehen ist.',
    noAwake: 'Dieser Browser kann den Bildschirm nicht eingeschaltet lassen.',
    tell: 'Benachrichtigen, wenn es fertig ist',
    tellHelp: 'Eine Benachrichtigung mit den Zahlen, falls du gerade woanders hinsiehst.',
    noTell: 'Dieser Browser hat für diese Seite keine Benachrichtigungen.',
    denied:
      'Dieser Browser erlaubt der Seite keine Benachrichtigungen. Das macht nichts: Der Titel des Tabs zeigt, wie weit das Training ist. Erlauben kannst du sie in den Einstellungen des Browsers für diese Website.',
    done: 'Das Training ist fertig',
    early: 'Das Training hat vorzeitig geendet',
    reached: 'Das Training hat seinen Schritt erreicht',
    failed: 'Das Training ist gescheitert',
    figures: (n, seconds) => `${steps(n)} in ${format.duration(seconds)}.`,
    validation: (loss, bits) =>
      `Validierungsverlust ${format.loss(loss)} (${format.loss(bits)} Bit pro Byte).`,
    loss: (loss) => `Verlust ${format.loss(loss)}.`,
  },
  compare: {
    choose: 'Läufe zum Vergleichen',
    few: 'Trainiere zwei Läufe, etwa mit einer anderen Lernrate, und vergleiche sie hier.',
    steps,
    metric: 'Kurve',
    metrics: {
      val: 'Validierungsverlust',
      train: 'Trainingsverlust',
      val_bits_per_byte: 'Bit pro Byte, Validierung',
      train_bits_per_byte: 'Bit pro Byte, Training',
      perplexity: 'Perplexität, Validierung',
      lr: 'Lernrate',
      grad_norm: 'Norm des Gradienten',
      tokens_per_s: 'Tokens pro Sekunde',
    },
    smoothing: 'Glättung',
    none: 'keine',
    step: 'Schritt zum Ablesen',
    at: (step) => `Bei Schritt ${format.count(step)}`,
    missing: 'nicht gemessen',
    hint: 'Fahr über die Kurven oder beweg den Regler darunter, um Werte abzulesen.',
    csv: 'Zahlen speichern (CSV)',
    png: 'Bild speichern (PNG)',
    noPicture: 'Das Bild konnte nicht erzeugt werden.',
    byStep: (metric) => `${metric} nach Schritten.`,
    curve: (name, first, from, last, to, lowest, at) =>
      `${name}: von ${first} bei Schritt ${format.count(from)} bis ${last} bei Schritt ${format.count(to)}, am niedrigsten ${lowest} bei Schritt ${format.count(at)}.`,
    noCurve: (name) => `${name}: nicht gemessen.`,
    differ: 'Unterschiede',
    option: 'Option',
    text: 'Text',
    typed: 'eingetippt',
    parameters: 'Parameter',
    same: 'Diese Läufe haben denselben Text und dieselben Optionen.',
    samples: 'Proben',
    sameSeed: (step) => `Mit demselben Prompt und demselben Seed, bis Schritt ${format.count(step)}.`,
    otherSeed: (step) =>
      `Bis Schritt ${format.count(step)}. Die Prompts oder Seeds dieser Läufe sind nicht gleich.`,
    noSample: 'Bis zu diesem Schritt gibt es keine Probe.',
  },
  footer: {
    private:
      'Dein Text, dein Modell und der erzeugte Text bleiben in diesem Browser; nichts wird hochgeladen.',
    offline: 'Diese Seite öffnet sich auch ohne Netz.',
    loading: 'Der Kern wird geladen …',
    notLoaded: 'Der Kern ist nicht geladen.',
    build: (variant, description, threads) =>
      `Läuft auf diesem Prozessor: Build ${variant} (${description}), ${inThreads(threads)}.`,
    builds: {
      baseline: 'WebAssembly SIMD',
      relaxed: 'WebAssembly Relaxed SIMD',
      threads: 'WebAssembly SIMD mit Threads',
      'relaxed-threads': 'WebAssembly Relaxed SIMD mit Threads',
      'threads-wide': 'WebAssembly SIMD mit 256 Bit und Threads',
      'relaxed-threads-wide': 'WebAssembly Relaxed SIMD mit 256 Bit und Threads',
    },
    reload: 'Lade die Seite neu, dann laufen Threads.',
    insecure:
      'Für Threads öffne die Seite über https, oder als localhost auf dem Rechner, der sie ausliefert.',
    framed: 'Für Threads öffne die Seite in einem eigenen Tab.',
    blocked: `Für Threads erlaube dieser Seite Service Worker (private Fenster sperren sie oft), oder lass ihren Server ${HEADERS} senden.`,
    refused: `Dieser Browser beachtet den Service Worker nicht, der die Seite isoliert. Für Threads lass ihren Server ${HEADERS} senden.`,
  },
  variants: {
    thisBrowser: 'dieser Browser',
    missing: (best, variant) => `Der Build ${best} ist noch nicht da, deshalb läuft der Build ${variant}.`,
    oneAsked: 'Ein Thread ist eingestellt.',
    oneProcessor: 'Mit einem Prozessor bringen mehr Threads nichts.',
    notIsolated:
      'Ein Thread läuft, weil diese Seite nicht isoliert ist; nur isolierte Seiten dürfen Speicher zwischen Threads teilen.',
    noSharedMemory: (host) => `Ein Thread läuft, weil ${host} keinen Speicher zwischen Threads teilen kann.`,
    packs: (host) =>
      `SIMD-Operationen fasst ${host} paarweise zu solchen mit 256 Bit zusammen, und dafür ist dieser Build gemacht.`,
    relaxed:
      'Relaxed SIMD machte Trainingsschritte 1,15- bis 1,3-mal so schnell, wo es gemessen wurde. Die letzten Bits können auf anderen Rechnern abweichen; mit „Reproduzierbar“ läuft ein Build, bei dem sie das nicht tun.',
    reproducible: '„Reproduzierbar“ ist an: Die Ergebnisse sind auf jedem Rechner dieselben Bits.',
    plain: (host) =>
      `Einfaches SIMD läuft, denn ${host} hat kein Relaxed SIMD, das es in neueren Versionen gibt. Die Ergebnisse sind auf jedem Rechner dieselben Bits.`,
    byName: 'Dieser Build wurde ausgewählt.',
    slow: (host) =>
      `Hier ist er langsam: SIMD-Operationen fasst ${host} nicht paarweise zusammen. Mit auto läuft ein schnellerer.`,
    mayDiffer: 'Die letzten Bits können auf anderen Rechnern abweichen.',
    wideFailed: (why) =>
      `Ein Build ohne breite Kernel läuft, weil diese ihre Prüfung nicht bestanden haben: ${why}`,
    threadsFailed: (why) => `Ein Thread läuft, weil Threads nicht starten konnten: ${why}`,
    given: (sentence) => sentence,
    threadsUnused: (variant, threads) =>
      `Der Build ${variant} läuft mit einem Thread; die Einstellung ${threads} gilt nicht.`,
    threadsWait: (limit, threads) =>
      `${limit} Mit ${threads} Threads warten sie aufeinander, und das Training wird langsamer.`,
  },

  viewer: {
    about:
      'Ein kleines Sprachmodell, das deinen Text weiterschreibt. Es hat Aussehen, Wörter und Wendungen eines Textes gelernt, keine Tatsachen. Es steckt in dieser Datei und läuft auf diesem Gerät; nichts wird irgendwohin gesendet.',
    opening: 'Das Modell wird geöffnet …',
    failed: (why) => `Das Modell konnte nicht geöffnet werden. ${why}`,
    lost: (why) =>
      `${why === '' ? 'Das Modell konnte nicht gestartet werden.' : why} Öffne die Seite noch einmal.`,
    footer: (version) =>
      `Diese Seite ist eine einzige Datei mit dem Modell und dem Programm. Sie funktioniert ohne Netz, und was du schreibst, bleibt hier. Erstellt mit mini-llm ${version}.`,
    facts: 'Über dieses Modell',
    int8: 'Seine Gewichte sind auf 8 Bit gerundet. Damit ist es ein Viertel so groß, und der Text ändert sich wenig. Der Verlust wurde vorher gemessen.',
    bits: 'Bit je Byte',
    lossHelp: 'was das Modell für ein Byte Text braucht, den es nicht gesehen hat; weniger ist besser',
    lossInNats: (help, loss) => `${help} (${format.loss(loss)} Nat je Token)`,
    training: 'Training',
    ofSteps: (n) => `von ${format.count(n)} Schritten`,
    steps: 'Schritte',
    trainingHelp: 'Anpassungen der Gewichte',
    parameters: 'Parameter',
    parametersHelp: 'Zahlen, die es gelernt hat',
    exported: 'Exportiert',
    exportedHelp: 'wann diese Seite entstanden ist',
    trainedOn: (hash) => `Es wurde mit einem Text mit dem SHA-256 \`${hash}\` trainiert.`,
    noRecord: 'Die Datei enthielt nur die Gewichte, ohne Angaben zu ihrem Training.',
    option: 'Einstellung',
    value: 'Wert',
  },
};

export default words;

/** After "nach". */
function inSteps(n: number): string {
  return format.plural(n, { one: '# Schritt', other: '# Schritten' });
}

/** Which weights a run that has ended has in use: the last ones, or the best. */
function inUse(last: number | undefined): string {
  return last === undefined
    ? 'seine Gewichte sind wieder eingesetzt'
    : `benutzt werden die Gewichte des letzten Schritts (${format.count(last)})`;
}
