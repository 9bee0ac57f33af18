/**
 * A test embedder, and no more than that: hashed words and pieces of words, with a small table of words that mean the
 * same, also in another language. It finds what shares no word with a query as far as the table goes; what a trained
 * model finds it does not.
 */
const CONCEPTS: string[][] = [
  ['refund', 'reimbursement', 'money', 'cash', 'remboursement', 'erstattung', 'repaid', 'geld'],
  ['return', 'returned', 'sending', 'rückgabe', 'retour', '返品'],
  ['car', 'automobile', 'vehicle', 'auto', 'voiture', 'wagen'],
  ['holiday', 'vacation', 'leave', 'urlaub', 'congé', 'ferien'],
  ['ill', 'sick', 'illness', 'krank', 'malade'],
  ['child', 'children', 'kid', 'kind', 'kinder', 'enfant'],
  ['quit', 'resign', 'leaving', 'kündigen', 'notice'],
  ['job', 'work', 'company', 'employment', 'arbeit', 'travail'],
  ['eat', 'lunch', 'meal', 'food', 'canteen', 'essen', 'noon', 'midi'],
  ['gadget', 'product', 'device', 'station', 'item', 'goods', 'gerät', 'appareil'],
  ['broken', 'damaged', 'defective', 'kaputt', 'beschädigt', 'cassé', 'destroyed', 'damage'],
  [
    'parcel',
    'package',
    'postman',
    'courier',
    'delivery',
    'delivered',
    'versand',
    'livraison',
    'lieferung',
    'ship',
  ],
  ['internet', 'wifi', 'wireless', 'network', 'wlan'],
  ['password', 'passphrase', 'credential', 'passwort', 'secret'],
  ['thunderstorm', 'lightning', 'storm', 'gewitter', 'blitz', 'orage'],
  ['wipe', 'erase', 'reset', 'delete', 'clear', 'factory', 'löschen', '初期化'],
  ['battery', 'batteries', 'cell', 'batterie', 'pile', '電池'],
  ['warranty', 'guarantee', 'garantie', '保証'],
  ['replace', 'replacing', 'change', 'exchange', 'wechseln', 'remplacer', '交換'],
  ['error', 'failure', 'fault', 'fehler', 'erreur', 'wrong'],
  ['begin', 'start', 'initialize', 'initialization', 'beginnen'],
  ['cancel', 'abort', 'stop', 'abbrechen', 'annuler', 'cancellation'],
  ['approval', 'permission', 'authorization', 'consent', 'erlaubnis', 'allowed', 'autorisation'],
  ['human', 'person', 'people', 'mensch', 'personne'],
  ['function', 'tool', 'werkzeug', 'outil'],
  ['customer', 'client', 'kunde', 'buyer'],
  ['salary', 'wage', 'pay', 'gehalt', 'lohn', 'salaire'],
  ['doctor', 'physician', 'arzt', 'médecin'],
  ['cheap', 'inexpensive', 'affordable', 'billig', 'günstig'],
  ['notify', 'notification', 'tell', 'inform', 'news'],
  ['size', 'length', 'limit', 'maximum', 'bound'],
];

const CONCEPT_OF = new Map(CONCEPTS.flatMap((words, number) => words.map((word) => [word, number] as const)));

const SEGMENTER = new Intl.Segmenter(undefined, { granularity: 'word' });

/** A vector of length 1; always the same for a text. */
export function testVector(text: string, dimensions = 256): Float32Array {
  const vector = new Float32Array(dimensions);
  const add = (feature: string, weight: number) => {
    const hash = fnv(feature);
    vector[(hash >>> 1) % dimensions]! += hash & 1 ? weight : -weight;
  };
  for (const { segment: word, isWordLike } of SEGMENTER.segment(text.toLowerCase())) {
    if (!isWordLike) continue;
    const concept = CONCEPT_OF.get(word) ?? CONCEPT_OF.get(word.replace(/(s|es|ed|ing|en)$/, ''));
    if (concept !== undefined) add(`concept ${concept}`, 3);
    if (word.length < 4) continue;
    add(word, 0.7);
    for (let at = 0; at + 4 <= word.length; at++) add(word.slice(at, at + 4), 0.4);
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
