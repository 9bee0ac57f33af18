import { SaxesParser } from 'saxes';
import { AppError } from '#lib/db/app-error.ts';

/** An element. Names are without their prefix. */
export interface XmlElement {
  name: string;
  /** With prefixes, as written. */
  attributes: Record<string, string>;
  children: (XmlElement | string)[];
}

/** Nesting of elements, at most: nobody writes deeper, and what is walked by recursion stays within the stack. */
const MAX_DEPTH = 200;
/** Characters handed to the parser at once, so that it can be stopped. */
const SLICE = 64 * 1024;

/**
 * Hands on each element that `wanted` picks, whole, as soon as it ends; what lies around them is not kept. Inside of
 * one that was picked nothing is picked again. Ends early when `on` answers false.
 * No DTD and no entities but the five of XML: nothing is replaced by more, and nothing is fetched.
 * Throws `invalid` for what is not well-formed; `what` names it.
 */
export function eachElement(
  text: string,
  what: string,
  wanted: (name: string, parent: string) => boolean,
  on: (element: XmlElement) => boolean | undefined,
): void {
  const parser = new SaxesParser();
  const names: string[] = [];
  const open: XmlElement[] = [];
  let stopped = false;
  const failed = (why: string) => new AppError('invalid', `${what} is broken: ${why}.`);

  parser.on('error', () => {
    if (!stopped) throw failed('its XML is not well-formed');
  });
  parser.on('doctype', (doctype) => {
    if (doctype.includes('[')) throw failed('it declares entities, which documents do not need');
  });
  parser.on('opentag', (tag) => {
    const name = localName(tag.name);
    if (names.length >= MAX_DEPTH) throw failed(`its XML is nested deeper than ${MAX_DEPTH} elements`);
    const parent = open.at(-1);
    if (parent || wanted(name, names.at(-1) ?? '')) {
      const element: XmlElement = { name, attributes: tag.attributes, children: [] };
      parent?.children.push(element);
      open.push(element);
    }
    names.push(name);
  });
  const addText = (piece: string) => {
    open.at(-1)?.children.push(piece);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    names.pop();
    const element = open.pop();
    if (!stopped && element && open.length === 0) stopped = on(element) === false;
  });

  for (let at = 0; at < text.length && !stopped; at += SLICE) parser.write(text.slice(at, at + SLICE));
  if (!stopped) parser.close();
}

/** A small text as one element. Throws as `eachElement`. */
export function parseXml(text: string, what: string): XmlElement {
  let root: XmlElement = { name: '', attributes: {}, children: [] };
  eachElement(
    text,
    what,
    () => true,
    (element) => {
      root = element;
      return true;
    },
  );
  return root;
}

/** An attribute by its name without prefix; of two that differ in their prefix, the one without any. */
export function attribute(element: XmlElement | undefined, name: string): string | undefined {
  if (!element) return undefined;
  const { attributes } = element;
  if (Object.hasOwn(attributes, name)) return attributes[name];
  const key = Object.keys(attributes).find((one) => one.endsWith(`:${name}`));
  return key === undefined ? undefined : attributes[key];
}

export function elementsOf({ children }: XmlElement): XmlElement[] {
  return children.filter((child) => typeof child !== 'string');
}

/** The first child of this name. */
export function child(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((one): one is XmlElement => typeof one !== 'string' && one.name === name);
}

/** All elements of this name below one, in their order; none of them lies in another. */
export function descendants(element: XmlElement | undefined, name: string): XmlElement[] {
  if (!element) return [];
  return elementsOf(element).flatMap((one) => (one.name === name ? [one] : descendants(one, name)));
}

/** All text below an element. */
export function textOf(element: XmlElement | undefined): string {
  if (!element) return '';
  return element.children.map((one) => (typeof one === 'string' ? one : textOf(one))).join('');
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
