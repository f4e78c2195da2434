export { openSqliteCatalogStore, type SqliteCatalogOptions } from './sqlite-catalog-store.ts'
