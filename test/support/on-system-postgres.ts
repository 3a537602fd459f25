// Imported before other tests: their registries work on the distribution's PostgreSQL in place of the one that comes along.
process.env['SKILLET_TEST_POSTGRES'] = 'system'
