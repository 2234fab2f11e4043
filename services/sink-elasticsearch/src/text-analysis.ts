import type { Client } from '@elastic/elasticsearch';
import { errors } from '@elastic/elasticsearch';

/**
 * The token filter that makes pairs of Chinese characters. Every distribution of Elasticsearch has `cjk_bigram`, which
 * pairs Chinese, Japanese and Korean characters alone. The server's bare core has `shingle`, which pairs words of
 * Latin script and numbers too: there a search for two such words finds them side by side only.
 */
export type PairFilter = 'cjk_bigram' | 'shingle';

/**
 * The analyzers of a field that people search. An index holds single characters and pairs of them. A search asks for
 * pairs: 退款 finds neither 退件 nor 还款, and 退 finds both. A phrase asks for the single characters in their order,
 * since pairs have other positions where a text changes between Chinese and Latin script.
 * An index defines the three names in its settings, so that an operator may define them otherwise.
 */
export const textAnalyzers = {
  analyzer: 'sluice_text',
  search_analyzer: 'sluice_text_search',
  search_quote_analyzer: 'sluice_text_phrase',
} as const;

const isOurs = new Set<unknown>(Object.values(textAnalyzers));

/** An index that lacks this setting was made by a release that had no analyzers of its own. */
export const analyzerSetting = `index.analysis.analyzer.${textAnalyzers.analyzer}.type`;

/** The flat settings of an index that define the analyzers. */
export function analysisSettings(pairs: PairFilter): Readonly<Record<string, unknown>> {
  const { before, ...filters } = definitions[pairs];
  return flatSettings({
    'index.analysis.filter': filters,
    'index.analysis.analyzer': {
      sluice_text: custom([...before, 'sluice_characters_and_pairs']),
      sluice_text_search: custom([...before, 'sluice_pairs']),
      sluice_text_phrase: custom(before),
    },
  });
}

const definitions = {
  cjk_bigram: {
    // Full-width Latin letters and digits are the usual ones.
    before: ['cjk_width', 'lowercase'],
    sluice_characters_and_pairs: { type: 'cjk_bigram', output_unigrams: true },
    sluice_pairs: { type: 'cjk_bigram' },
  },
  shingle: {
    before: ['lowercase'],
    sluice_characters_and_pairs: { type: 'shingle', token_separator: '' },
    sluice_pairs: {
      ...{ type: 'shingle', token_separator: '' },
      ...{ output_unigrams: false, output_unigrams_if_no_shingles: true },
    },
  },
} as const;

const custom = (filter: readonly string[]) => ({ type: 'custom', tokenizer: 'standard', filter });

/** `{ x: { a: { b: 1 } } }` is `{ 'x.a.b': 1 }`: settings of an index in the form in which they can be merged. */
export function flatSettings(
  nested: Readonly<Record<string, unknown>>,
  prefix = '',
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(nested).flatMap(([name, value]): [string, unknown][] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(flatSettings(value as Record<string, unknown>, `${prefix}${name}.`))
        : [[`${prefix}${name}`, value]],
    ),
  );
}

/** `cjk_bigram` where the server has it. Who may not ask, for want of the privilege `manage`, has a server that does. */
export async function choosePairFilter(client: Client): Promise<PairFilter> {
  try {
    const filter = ['cjk_width', 'lowercase', 'cjk_bigram'];
    await client.indices.analyze({ tokenizer: 'standard', filter, text: '退款' });
    return 'cjk_bigram';
  } catch (error) {
    const { statusCode } = error instanceof errors.ResponseError ? error : {};
    if (statusCode === 400) return 'shingle';
    if (statusCode === 403) return 'cjk_bigram';
    throw error;
  }
}

/** The same fields for an index that does not define the analyzers: its texts have single characters. */
export function withoutAnalyzers<Fields extends object>(fields: Fields): Fields {
  const text = JSON.stringify(fields);
  return JSON.parse(text, (_, value: unknown) => (isOurs.has(value) ? undefined : value)) as Fields;
}
