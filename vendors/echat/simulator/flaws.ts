import type { EchatDocument } from './visit.ts';
import type { Random } from '@sluice/simulator/random';
import { renderXml, type XmlNode } from './xml.ts';

/** Without these a document says nothing that could be expected of it. */
const indispensable = /Ids?$|Status$|^(tm|chatType|chatContent|pageUrl)$/;

/** The document without some of the values that the page lists: vendors leave out what their tables require. */
export function withoutSome({ dataType, nodes }: EchatDocument, random: Random): EchatDocument {
  const keep = (list: readonly XmlNode[]): XmlNode[] =>
    list
      .filter(
        ([name, content]) => typeof content === 'object' || indispensable.test(name) || !random.chance(0.01),
      )
      .map(([name, content]) => [name, typeof content === 'object' ? keep(content) : content]);
  return { dataType, nodes: keep(nodes) };
}

/** End tags that the samples misspell, and what they write. */
const misspelt = [
  ['skillNanme', 'skillName'],
  ['fromStaffLogname', 'chatStaffLogname'],
  ['trackRecordId', 'trackRecorId'],
] as const;
/** Elements whose CDATA section a sample does not close, and what is there. */
const brokenEnds = [
  ...(['styleId', 'screenResolution', 'lastChatStaffName'] as const).map((name) => [name, ']>'] as const),
  ...(['perfectMatchs', 'solvedCount', 'activelyInviteEvaluating', 'pageUrlAlias'] as const).map(
    (name) => [name, ']]'] as const,
  ),
];

type Flaw = (text: string, random: Random) => string | null;

/** What the samples of the page do wrong, each only where a sample shows it; null where it does not apply. */
const flaws: readonly Flaw[] = [
  (text, random) => {
    const [name, other] = random.pick(misspelt);
    return replaceSingle(text, `</${name}>`, `</${other}>`);
  },
  (text, random) => {
    const [name, end] = random.pick(brokenEnds);
    return replaceSingle(text, `]]></${name}>`, `${end}</${name}>`);
  },
  (text) => replaceSingle(text, '<staffLogname><![CDATA[', '<staffLogname><![CDATA[['),
  (text) => text.replaceAll(/(<\/?)c20>/g, '$1c1-c20>'),
  // The sample of chatEnd begins without its root, and ends with it.
  (text) => (text.includes('<chatEndTime>') ? text.replace(/^<xml>\n/, '') : null),
];

/** @returns null unless it is there exactly once */
function replaceSingle(text: string, what: string, by: string): string | null {
  const at = text.indexOf(what);
  if (at < 0 || text.includes(what, at + 1)) return null;
  return text.slice(0, at) + by + text.slice(at + what.length);
}

/** The document as the vendor writes it: now and then as wrong as the page's samples are. */
export function renderEchat({ nodes }: EchatDocument, random: Random): string {
  const text = renderXml(nodes);
  if (!random.chance(0.03)) return text;
  const flawed = flaws.flatMap((flaw) => flaw(text, random) ?? []).filter((one) => one !== text);
  return flawed.length === 0 ? text : random.pick(flawed);
}
