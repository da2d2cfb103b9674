import { historyStoreConformance } from '@ballast/testkit/conformance';
import { memoryHistoryStore } from '../src/index.ts';
import { aPlace } from './place.ts';

historyStoreConformance('a file', async () => ({ ...(await aPlace()), durable: true }));

historyStoreConformance('the memory', async () => ({
  open: () => memoryHistoryStore(),
  durable: false,
  remove: () => Promise.resolve(),
}));
