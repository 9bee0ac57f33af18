const LONGEST = 45;

/** `repos/list-for-org`, `listPetsByID` → `repos_list_for_org`, `list_pets_by_id`: a tool's name, at most 45 long. */
export function toolName(text: string): string {
  const words = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  while (words.length > 0 && !/^[a-z]/.test(words[0]!)) {
    const first = words[0]!.replace(/^[^a-z]+/, '');
    if (first === '' && words.length > 1) words.shift();
    else {
      words[0] = first === '' ? `n${words[0]}` : first;
      break;
    }
  }
  const distinct = words.filter((word, at) => word !== words[at - 1]);
  let name = distinct[0]?.slice(0, LONGEST) ?? 'operation';
  for (const word of distinct.slice(1)) {
    if (name.length + 1 + word.length > LONGEST) break;
    name += `_${word}`;
  }
  return name;
}

/** `GET /pets/{id}/photos` → `get_pets_id_photos`. */
export function nameOfPath(method: string, path: string): string {
  const parts = path
    .split('/')
    .filter((part) => part !== '' && !/^v\d+$/.test(part))
    .map((part) => part.replace(/^\{(.*)\}$/, 'by_$1'));
  return toolName([method.toLowerCase(), ...parts].join('_'));
}

/** The name, or the name with a number that nothing else has. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  for (let number = 2; ; number += 1) {
    const end = `_${number}`;
    const free = `${name.slice(0, LONGEST - end.length)}${end}`;
    if (!taken.has(free)) return free;
  }
}
