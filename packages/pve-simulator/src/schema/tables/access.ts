import type { EndpointTable } from '../endpoint.ts';

/** Signing in, and who may what. */
export const accessTable: EndpointTable = {
  'GET /access/domains': {
    permission: 'world',
    returns: [
      {
        'comment?': 'string',
        realm: 'string',
        'tfa?': 'enum yubico|oath',
        type: 'string',
      },
    ],
  },
  'GET /access/ticket': {
    permission: 'world',
    returns: 'null',
  },
  'POST /access/ticket': {
    permission: 'world',
    params: {
      'new-format?': 'boolean',
      'otp?': 'string',
      password: 'string',
      'path?': 'string ..64 requires=privs',
      'privs?': 'string ..64 pve-priv-list requires=path',
      'realm?': 'string ..32 pve-realm',
      'tfa-challenge?': 'string',
      username: 'string ..64',
    },
    returns: {
      'CSRFPreventionToken?': 'string',
      'clustername?': 'string',
      'ticket?': 'string',
      username: 'string',
    },
  },
  'GET /access/permissions': {
    permission: 'anyone',
    params: {
      'path?': 'string',
      'userid?': 'string /[^\\s:/]+@[A-Za-z][A-Za-z0-9.\\-_]+(?:![A-Za-z][A-Za-z0-9.\\-_]+)?/',
    },
    returns: 'object',
  },
  'GET /access/users/{userid}/token': {
    permission: 'self or /access/groups User.Modify',
    params: {
      userid: 'string ..64 pve-userid',
    },
    returns: [
      {
        'comment?': 'string',
        'expire?': 'integer 0..',
        'privsep?': 'boolean',
        tokenid: 'string /[A-Za-z][A-Za-z0-9.\\-_]+/',
      },
    ],
  },
  'GET /access/users/{userid}/token/{tokenid}': {
    permission: 'self or /access/groups User.Modify',
    params: {
      tokenid: 'string /[A-Za-z][A-Za-z0-9.\\-_]+/',
      userid: 'string ..64 pve-userid',
    },
    returns: {
      'comment?': 'string',
      'expire?': 'integer 0..',
      'privsep?': 'boolean',
    },
  },
};
