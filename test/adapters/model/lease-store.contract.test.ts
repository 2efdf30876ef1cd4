import { modelLeaseStore } from '../../../src/adapters/model/lease-store.ts';
import { leaseStoreContract } from '../../contract/lease-store.ts';

leaseStoreContract('the model', async () => {
  const store = modelLeaseStore();
  return { store, remove: async () => store.remove(), close: async () => {} };
});
