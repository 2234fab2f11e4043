/** A text is in CDATA, a number bare (as Echat's samples have both), nodes are nested; undefined is left out. */
type XmlContent = string | number | readonly XmlNode[] | undefined;
export type XmlNode = readonly [name: string, content: XmlContent];

/**
 * A document in the layout of Echat's samples: root `xml`, four blanks of indentation. `]]>` within a text is split
 * over two CDATA sections.
 */
export function renderXml(nodes: readonly XmlNode[]): string {
  return `<xml>\n${renderNodes(nodes, '    ')}</xml>`;
}

function renderNodes(nodes: readonly XmlNode[], indent: string): string {
  return nodes.map((node) => renderNode(node, indent)).join('');
}

function renderNode([name, content]: XmlNode, indent: string): string {
  if (content === undefined) return '';
  if (typeof content === 'string') return `${indent}<${name}>${cdata(content)}</${name}>\n`;
  if (typeof content === 'number') return `${indent}<${name}>${content}</${name}>\n`;
  return `${indent}<${name}>\n${renderNodes(content, indent)}${indent}</${name}>\n`;
}

function cdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
