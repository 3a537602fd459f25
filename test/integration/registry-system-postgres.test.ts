import '../support/on-system-postgres.ts'
import './registry-tenants.test.ts'

// The same walls on a PostgreSQL of one's own (`--database`), of another version than comes along. That a skill is
// published there too is in registry-restart.test.ts.
