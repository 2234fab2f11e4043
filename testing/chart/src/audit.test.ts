import { auditProblems } from './audit.ts';

/** As npm 11 answers: a package is named by those that depend on it, and its advisory stands once. */
const report = {
  vulnerabilities: {
    qs: {
      via: [
        {
          name: 'qs',
          title: 'arrayLimit bypass',
          url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
          severity: 'high',
        },
      ],
    },
    express: { via: ['qs'] },
  },
};
const exception = { advisory: 'GHSA-aaaa-bbbb-cccc', reason: 'No query is parsed.', until: '2027-01-31' };

test('an advisory is a problem, once', () => {
  expect(auditProblems(report, [], '2027-01-01')).toEqual([
    'GHSA-aaaa-bbbb-cccc (high) of qs: arrayLimit bypass',
  ]);
});

test('an exception counts until its day', () => {
  expect(auditProblems(report, [exception], '2027-01-30')).toEqual([]);
  expect(auditProblems(report, [exception], '2027-01-31')).toHaveLength(1);
});

test('an exception that nothing needs is a problem', () => {
  expect(auditProblems({ vulnerabilities: {} }, [exception], '2027-01-01')).toEqual([
    'The exception of GHSA-aaaa-bbbb-cccc is needed no more: remove it.',
  ]);
});
