export { openSqliteCatalogStore, type SqliteCatalogOptions } from './sqlite-catalog-store.ts'
export { SqliteSubscriptionStore } from './sqlite-subscription-store.ts'
