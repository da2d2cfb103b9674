import { NO_ORDERS, ORDER_KINDS, type OrderStore, type Orders } from '@ballast/core';
import { z } from 'zod';
import type { DocumentKind } from '../file/kind.ts';
import { type DocumentStoreOptions, documentStore } from '../file/store.ts';
import { checked } from '../file/zod.ts';
import { type RedisDocumentOptions, redisDocumentStore } from '../redis/document.ts';

const order = { since: z.number(), by: z.string(), reason: z.string().exactOptional() };
const record = z.object({
  at: z.number(),
  by: z.string(),
  kind: z.enum(ORDER_KINDS),
  reason: z.string().exactOptional(),
  until: z.number().exactOptional(),
  nodes: z.array(z.string()).exactOptional(),
  plan: z.string().exactOptional(),
  guests: z.array(z.int().positive()).exactOptional(),
});
const orders: z.ZodType<Orders> = z.object({
  pause: z
    .object({ ...order, until: z.number().exactOptional(), weights: z.boolean(), abort: z.boolean().exactOptional() })
    .exactOptional(),
  drains: z.array(z.object({ ...order, node: z.string() })),
  approvals: z.array(z.object({ ...order, plan: z.string(), until: z.number() })).exactOptional(),
  log: z.array(record).exactOptional(),
});

const ORDERS: DocumentKind<Orders> = {
  noun: 'orders',
  file: 'orders.json',
  schema: 'ballast-orders',
  version: 1,
  empty: NO_ORDERS,
  loss: 'No pause and no drain of a node holds',
  toJson: (value) => checked(orders, value),
  fromJson: (json) => checked(orders, json),
};

/** Keeps the orders in `orders.json` of a directory, as {@link documentStore} does. */
export function fileOrderStore(options: DocumentStoreOptions): OrderStore {
  return documentStore(ORDERS, options);
}

/** Keeps the orders at a key of Redis, as {@link redisDocumentStore} does. */
export function redisOrderStore(options: RedisDocumentOptions): OrderStore {
  return redisDocumentStore(ORDERS, options);
}
