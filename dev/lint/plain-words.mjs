/**
 * An ESLint rule: comments, messages and names of tests use plain words. The words are the terms of `.textlintrc.json`,
 * by which textlint checks the documentation. A term is a regular expression and what to write instead. Code between
 * backticks is not checked, and neither is any other string of a test: it may quote a vendor.
 */
import { readFileSync } from 'node:fs';

const { rules } = JSON.parse(readFileSync(new URL('../../.textlintrc.json', import.meta.url), 'utf8'));

/** Terms that have another meaning in code: a letter is a character there. */
const forDocumentation = /letters|\\u4e00/;

const terms = rules.terminology.terms
  .filter(([pattern]) => !forDocumentation.test(pattern))
  .map(([pattern, instead]) => ({ words: new RegExp(`(?<![\\w-])(?:${pattern})(?![\\w-])`, 'gi'), instead }));

const testFunctions = new Set(['test', 'describe', 'it']);

/** The function of a call such as `test('…')`, `test.each(…)('…')` or `describe.skip('…')`. */
function calledName(callee) {
  switch (callee.type) {
    case 'Identifier':
      return callee.name;
    case 'MemberExpression':
      return calledName(callee.object);
    case 'CallExpression':
      return calledName(callee.callee);
    default:
      return '';
  }
}

const isTestName = ({ parent }, node) =>
  parent.type === 'CallExpression' &&
  parent.arguments[0] === node &&
  testFunctions.has(calledName(parent.callee));

export const plainWords = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { plain: 'Write plain words: "{{found}}" is "{{instead}}" (.textlintrc.json).' },
  },
  create(context) {
    const { sourceCode, filename } = context;
    const isTest = /\.test\.ts$/.test(filename);
    const check = (node, text) => {
      // A line break within a comment is a blank.
      const plain = text.replaceAll(/`[^`\n]*`/g, '``').replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' ');
      for (const { words, instead } of terms)
        for (const [found] of plain.matchAll(words))
          context.report({ loc: node.loc, messageId: 'plain', data: { found, instead } });
    };
    const isChecked = (node) => !isTest || isTestName(node, node);
    return {
      Program: () => {
        for (const comment of sourceCode.getAllComments()) check(comment, comment.value);
      },
      Literal: (node) => {
        if (typeof node.value === 'string' && node.value.includes(' ') && isChecked(node))
          check(node, node.value);
      },
      TemplateElement: (node) => {
        if (node.value.raw.includes(' ') && isChecked(node.parent)) check(node, node.value.cooked ?? '');
      },
    };
  },
};
