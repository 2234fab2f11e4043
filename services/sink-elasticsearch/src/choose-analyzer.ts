import type { Client } from '@elastic/elasticsearch';
import { errors } from '@elastic/elasticsearch';

/** Analyzers that find Chinese words, best first. Plug-ins bring the first two. */
const preferred = ['ik_max_word', 'smartcn'] as const;

/**
 * The best analyzer for Chinese that the server has. Every server has `standard`: it makes one token of each
 * Chinese character, so that a match_phrase finds words.
 */
export async function chooseAnalyzer(client: Client): Promise<string> {
  for (const analyzer of preferred) if (await hasAnalyzer(client, analyzer)) return analyzer;
  return 'standard';
}

async function hasAnalyzer(client: Client, analyzer: string): Promise<boolean> {
  try {
    await client.indices.analyze({ analyzer, text: '退款' });
    return true;
  } catch (error) {
    if (error instanceof errors.ResponseError && error.statusCode === 400) return false;
    throw error;
  }
}
