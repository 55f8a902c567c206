import { notAnEntry } from '../item.js';

/** An element: what is in it as text, and its elements. Comments and processing instructions are passed over. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly elements: readonly XmlElement[];
  readonly text: string;
}

/** Groups in groups: nobody has so many. */
const DEEPEST = 500;

interface OpenElement extends XmlElement {
  readonly elements: XmlElement[];
  text: string;
}

/**
 * The root element of an XML document, all of whose names and texts are as they are written (XML 1.0). It has no
 * document type: entities are the five of XML and numbers of characters, and none that a document defines.
 *
 * @throws CredsealError `ERR_ENTRY_INVALID` with line and column of what is not well-formed; never a piece of it
 */
export async function parseXml(texts: AsyncIterable<string>): Promise<XmlElement> {
  const { SaxesParser } = await import('saxes');
  const parser = new SaxesParser();
  const top: OpenElement = { name: '', attributes: {}, elements: [], text: '' };
  const open = [top];
  const refuse = (problem: string): never => {
    throw notAnEntry(`The XML ${problem}, at line ${parser.line}, column ${parser.column + 1}.`);
  };
  // The parser's own message quotes the text.
  parser.on('error', () => refuse('is damaged or cut off: export again'));
  parser.on('doctype', () => refuse('has a document type, which no export has'));
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length > DEEPEST) refuse(`is more than ${DEEPEST} elements deep`);
    const element = { name, attributes, elements: [], text: '' };
    open.at(-1)?.elements.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  let hasBegun = false;
  for await (const text of texts) {
    // White space before the declaration is none of XML's, and does no harm.
    const piece: string = hasBegun ? text : text.trimStart();
    hasBegun ||= piece !== '';
    parser.write(piece);
  }
  parser.close();
  return top.elements[0] ?? refuse('has no element');
}

/** The first element of this name that is in another, or one without anything. */
export const childOf = (element: XmlElement, name: string): XmlElement =>
  element.elements.find((child) => child.name === name) ?? NOTHING;

/** All elements of this name that are in another. */
export const childrenOf = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.elements.filter((child) => child.name === name);

const NOTHING: XmlElement = { name: '', attributes: {}, elements: [], text: '' };
