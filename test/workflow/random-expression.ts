import { pick } from './random.ts';

type Random = () => number;
type Sort = 'number' | 'text' | 'boolean' | 'list' | 'object' | 'any';

const NUMBERS = [
  '(0)',
  '(1)',
  '(2)',
  '(3)',
  '(7)',
  '(10)',
  '(0.5)',
  '(1e3)',
  '(1e21)',
  '(123456.789)',
  'NaN',
  'Infinity',
];
const TEXTS = [
  '""',
  '"a"',
  '"abc"',
  '"Ab c"',
  '" 12 "',
  '"3"',
  '"ü€"',
  '"👍x"',
  '"a,b,,c"',
  '"$&-$1"',
  "'it\\'s'",
  '"null"',
];
const PATHS: Record<Sort, string[]> = {
  number: [
    'input.number',
    'input.fraction',
    'input.zero',
    'input.list[0]',
    'input.list.length',
    'steps.fetch.status',
  ],
  text: ['input.text', 'input.empty', 'input.emoji', 'input.words[1]', 'env.REGION', 'input["order"].id'],
  boolean: ['input.yes', 'input.no'],
  list: ['input.list', 'input.words', 'input.mixed', 'input.items', 'steps.fetch.body.items'],
  object: ['input.order', 'input.items[0]', 'input.order.address'],
  any: [
    'input.missing',
    'input.nothing',
    'undefined',
    'null',
    'input.mixed[3]',
    'input.items[2].price',
    'input.order.none?.deep.er',
    'input.nothing?.x',
  ],
};
const SORTS: Sort[] = ['number', 'text', 'boolean', 'list', 'object', 'any'];

/**
 * A random expression of the language, as text. Most of them have a value of the sort they are made for; one part
 * in twelve is of another sort, so that conversions and failures are met as well. What differs from JavaScript on
 * purpose is left out: clocks, chance, collation, names that only a prototype has.
 */
export function randomExpression(random: Random, depth = 4): string {
  return new Generator(random).make(pick(random, SORTS), depth);
}

class Generator {
  private readonly random: Random;
  /** Parameters in reach. */
  private params: string[] = [];
  private names = 0;

  constructor(random: Random) {
    this.random = random;
  }

  make(wanted: Sort, depth: number): string {
    const sort = this.random() < 1 / 12 ? pick(this.random, SORTS) : wanted;
    if (depth <= 0 || this.random() < 0.12) return this.leaf(sort);
    switch (sort) {
      case 'number':
        return this.number(depth - 1);
      case 'text':
        return this.text(depth - 1);
      case 'boolean':
        return this.boolean(depth - 1);
      case 'list':
        return this.list(depth - 1);
      case 'object':
        return this.object(depth - 1);
      case 'any':
        return this.any(depth - 1);
    }
  }

  private leaf(sort: Sort): string {
    if (this.params.length > 0 && this.random() < 0.4) return pick(this.random, this.params);
    const own =
      sort === 'number' ? NUMBERS : sort === 'text' ? TEXTS : sort === 'boolean' ? ['true', 'false'] : [];
    return pick(this.random, [...own, ...PATHS[sort]]);
  }

  private one(...ways: (() => string)[]): string {
    return pick(this.random, ways)();
  }

  private number(d: number): string {
    const n = () => this.make('number', d);
    const t = () => this.make('text', d);
    return this.one(
      () => `(${n()} ${pick(this.random, ['+', '-', '*', '/', '%', '**'])} ${n()})`,
      () => `(-${n()})`,
      () => `(+${this.make('any', d)})`,
      () =>
        `Math.${pick(this.random, ['abs', 'ceil', 'floor', 'round', 'trunc', 'sign', 'sqrt', 'cbrt'])}(${n()})`,
      () => `Math.${pick(this.random, ['min', 'max'])}(${n()}, ...${this.make('list', d)})`,
      () => `Math.pow(${n()}, ${n()})`,
      () => `Number(${this.make('any', d)})`,
      () => `parseInt(${t()}, 10)`,
      () => `parseFloat(${t()})`,
      () => `${this.make('list', d)}.length`,
      () => `${t()}.length`,
      () => `${t()}.${pick(this.random, ['indexOf', 'lastIndexOf'])}(${t()})`,
      () => `${t()}.${pick(this.random, ['charCodeAt', 'codePointAt'])}(${n()})`,
      () =>
        `${this.make('list', d)}.${pick(this.random, ['indexOf', 'lastIndexOf'])}(${this.make('any', d)})`,
      () => this.withArrow(d, 'findIndex', 'boolean'),
      () => this.withArrow(d, 'findLastIndex', 'boolean'),
    );
  }

  private text(d: number): string {
    const n = () => this.make('number', d);
    const t = () => this.make('text', d);
    return this.one(
      () => `(${t()} + ${this.make('any', d)})`,
      () => `(${this.make('any', d)} + ${t()})`,
      () => `\`${pick(this.random, ['', 'x', '}'])}\${${this.make('any', d)}}-\${${t()}}\``,
      () => `String(${this.make('any', d)})`,
      () => `(typeof ${this.make('any', d)})`,
      () =>
        `${t()}.${pick(this.random, ['trim', 'trimStart', 'trimEnd', 'toUpperCase', 'toLowerCase', 'toString', 'normalize'])}()`,
      () => `${t()}.${pick(this.random, ['slice', 'substring'])}(${n()}, ${n()})`,
      () => `${t()}.${pick(this.random, ['at', 'charAt'])}(${n()})`,
      () => `${t()}.${pick(this.random, ['replace', 'replaceAll'])}(${t()}, ${t()})`,
      () =>
        `${t()}.${pick(this.random, ['padStart', 'padEnd'])}(${pick(this.random, ['3', '7', '-1'])}, ${t()})`,
      () => `${t()}.repeat(${pick(this.random, ['0', '1', '3', '2.7'])})`,
      () => `${t()}.concat(${this.make('any', d)}, ${t()})`,
      () => `${this.make('list', d)}.join(${t()})`,
      () => `(${n()}).toFixed(${pick(this.random, ['0', '2', '20'])})`,
      () => `(${n()}).toPrecision(${pick(this.random, ['1', '5', '21'])})`,
      () => `(${n()}).toString(${pick(this.random, ['2', '16', '36', '10'])})`,
      () => `JSON.stringify(${this.make('any', d)})`,
      () => `encodeURIComponent(${t()})`,
    );
  }

  private boolean(d: number): string {
    const a = () => this.make('any', d);
    const t = () => this.make('text', d);
    return this.one(
      () => `(${a()} ${pick(this.random, ['===', '!==', '==', '!=', '<', '<=', '>', '>='])} ${a()})`,
      () => `(!${a()})`,
      () => `Boolean(${a()})`,
      () => `Array.isArray(${a()})`,
      () => `Number.${pick(this.random, ['isInteger', 'isFinite', 'isNaN'])}(${a()})`,
      () => `${t()}.${pick(this.random, ['includes', 'startsWith', 'endsWith'])}(${t()})`,
      () => `${this.make('list', d)}.includes(${a()})`,
      () => this.withArrow(d, 'some', 'boolean'),
      () => this.withArrow(d, 'every', 'boolean'),
    );
  }

  private list(d: number): string {
    const l = () => this.make('list', d);
    const n = () => this.make('number', d);
    return this.one(
      () => `[${this.make('any', d)}, ${this.make('any', d)}]`,
      () => `[...${l()}, ${this.make('any', d)}]`,
      () => `[...${this.make('text', d)}]`,
      () => this.withArrow(d, 'map', 'any'),
      () => this.withArrow(d, 'filter', 'boolean'),
      () => this.withArrow(d, 'flatMap', 'any'),
      () => `${l()}.slice(${n()}, ${n()})`,
      () => `${l()}.concat(${this.make('any', d)}, ${l()})`,
      () => `${l()}.flat(${pick(this.random, ['', '0', '1', 'Infinity'])})`,
      () => `${l()}.${pick(this.random, ['toSorted', 'toReversed'])}()`,
      () => this.sorted(d),
      () => `${this.make('text', d)}.split(${this.make('text', d)}, ${pick(this.random, ['0', '2', '100'])})`,
      () => `Object.${pick(this.random, ['keys', 'values', 'entries'])}(${this.make('object', d)})`,
      () => this.entries(d),
    );
  }

  private object(d: number): string {
    return this.one(
      () => `({ a: ${this.make('any', d)}, "b c": ${this.make('any', d)} })`,
      () => `({ ...${this.make('any', d)}, a: ${this.make('any', d)} })`,
      () => `({ [${this.make('text', d)}]: ${this.make('any', d)}, 2: 1, 1: 2 })`,
      () => `Object.fromEntries(Object.entries(${this.make('object', d)}))`,
      () => `JSON.parse(JSON.stringify(${this.make('object', d)}))`,
    );
  }

  private any(d: number): string {
    const a = () => this.make('any', d);
    const member = () => pick(this.random, ['a', 'id', 'name', 'length', 'zz', 'price']);
    return this.one(
      () => this.make(pick(this.random, SORTS), d),
      () => `(${a()} ${pick(this.random, ['&&', '||', '??'])} ${a()})`,
      () => `(${this.make('boolean', d)} ? ${a()} : ${a()})`,
      () => `${this.make('object', d)}.${member()}`,
      () => `${a()}?.${member()}.${member()}`,
      () => `(${a()})?.[${this.make('any', d)}]`,
      () => `${this.make('list', d)}[${this.make('number', d)}]`,
      () => `${this.make('list', d)}.at(${this.make('number', d)})`,
      () => `${a()}?.toString()`,
      () => this.withArrow(d, 'find', 'boolean'),
      () => this.withArrow(d, 'findLast', 'boolean'),
      () => this.reduced(d),
    );
  }

  private param(): string {
    this.names += 1;
    return `p${this.names}`;
  }

  /** The body of an arrow function that has these parameters. */
  private within(params: string[], sort: Sort, depth: number): string {
    const outer = this.params;
    this.params = [...outer, ...params];
    const body = this.make(sort, depth);
    this.params = outer;
    // An object would be read as a block.
    return body.startsWith('{') ? `(${body})` : body;
  }

  private withArrow(d: number, method: string, result: Sort): string {
    const list = this.make('list', d);
    const params = [this.param(), this.param()].slice(0, 1 + Math.floor(this.random() * 2));
    return `${list}.${method}((${params.join(', ')}) => ${this.within(params, result, d)})`;
  }

  private reduced(d: number): string {
    const [sum, item] = [this.param(), this.param()];
    const method = pick(this.random, ['reduce', 'reduceRight']);
    const first = this.random() < 0.8 ? `, ${this.make('any', d)}` : '';
    return `${this.make('list', d)}.${method}((${sum}, ${item}) => ${this.within([sum, item], 'any', Math.min(d, 1))}${first})`;
  }

  private sorted(d: number): string {
    const [a, b] = [this.param(), this.param()];
    return `${this.make('list', d)}.toSorted((${a}, ${b}) => ${pick(this.random, [`${a} - ${b}`, `${b} > ${a} ? 1 : -1`, `${a}.length - ${b}.length`])})`;
  }

  private entries(d: number): string {
    const [name, value] = [this.param(), this.param()];
    const body = this.within([name, value], 'any', d);
    return `Object.entries(${this.make('object', d)}).map(([${name}, ${value}]) => ${body})`;
  }
}
