import { expect, test } from 'vitest';
import { checkFlowManagerOptions, checkFlowManagerServiceOptions } from '../../src/index.ts';
import { aTarget } from './support.ts';

test.each<[string, unknown, readonly string[]]>([
  ['sound ones', { url: 'https://fabric:8443/api/', token: 'x', timeout: 1 }, []],
  ['a list', [], ['Expected the options of a flow-manager target to be a mapping, got [].']],
  ['no url', {}, ["Expected a flow-manager target to have 'url', got none."]],
  ['no such scheme', { url: 'ftp://a' }, ['Expected url to be an http or https URL without a query, got "ftp://a".']],
  ['a query', { url: 'http://a/?b' }, ['Expected url to be an http or https URL without a query, got "http://a/?b".']],
  ['a host alone', { url: 'fabric' }, ['Expected url to be an http or https URL, got "fabric".']],
  ['a password', { url: 'http://a:secret@b' }, ['Expected url to hold no password, got one; use token.']],
  [
    'a token of two lines',
    { url: 'http://a', token: 'a\nb' },
    ['Expected token to be of visible ASCII characters, got something else.'],
  ],
  ['no time', { url: 'http://a', timeout: 0 }, ['Expected timeout to be milliseconds above 0, got 0.']],
  ['a key', { url: 'http://a', tokne: 'x' }, ["Unknown key 'tokne'; did you mean 'token'?"]],
])('options: %s', (_, options, problems) => {
  expect(checkFlowManagerOptions(options)).toEqual(problems);
});

test('options of a service', () => {
  expect(checkFlowManagerServiceOptions({})).toEqual([]);
  expect(checkFlowManagerServiceOptions({ service: '' })).toEqual([
    'Expected service to be the name of a service, got "".',
  ]);
});

test('a target is not made of wrong options', () => {
  expect(() => aTarget('fabric')).toThrow(expect.objectContaining({ code: 'flow-manager-options' }));
});
