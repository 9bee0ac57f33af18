/**
 * A test embedder, and no more than that: hashed words and pieces of words, with a small table of words that mean the
 * same, also in another language. It finds what shares no word with a query as far as the table goes; what a trained
 * model finds it does not.
 */
const CONCEPTS: string[][] = [
  ['refund', 'reimbursement', 'money back', 'remboursement', 'erstattung', 'repaid'],
  ['car', 'automobile', 'vehicle', 'auto', 'voiture', 'wagen'],
  ['holiday', 'vacation', 'leave', 'urlaub', 'congé', 'ferien'],
  ['error', 'failure', 'fault', 'fehler', 'erreur', 'wrong'],
  ['begin', 'start', 'initialize', 'initialization', 'handshake', 'beginnen', 'opening'],
  ['cancel', 'abort', 'stop', 'abbrechen', 'annuler', 'cancellation'],
  ['permission', 'authorization', 'consent', 'erlaubnis', 'allowed', 'autorisation'],
  ['customer', 'client', 'kunde', 'buyer'],
  ['ship', 'deliver', 'delivery', 'versand', 'send', 'livraison', 'lieferung'],
  ['broken', 'damaged', 'defective', 'kaputt', 'beschädigt', 'cassé'],
  ['salary', 'wage', 'pay', 'gehalt', 'lohn', 'salaire'],
  ['doctor', 'physician', 'arzt', 'médecin'],
  ['cheap', 'inexpensive', 'affordable', 'billig', 'günstig'],
  ['list', 'enumerate', 'catalogue', 'discover'],
  ['page', 'pagination', 'cursor', 'next'],
  ['notify', 'notification', 'tell', 'inform', 'news'],
  ['password', 'passphrase', 'credential', 'passwort', 'secret'],
  ['size', 'length', 'limit', 'maximum', 'bound'],
];

const CONCEPT_OF = new Map(CONCEPTS.flatMap((words, number) => words.map((word) => [word, number] as const)));

/** A vector of length 1; always the same for a text. */
export function testVector(text: string, dimensions = 256): Float32Array {
  const vector = new Float32Array(dimensions);
  const add = (feature: string, weight: number) => {
    const hash = fnv(feature);
    vector[(hash >>> 1) % dimensions]! += hash & 1 ? weight : -weight;
  };
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
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
