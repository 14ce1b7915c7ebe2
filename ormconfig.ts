/** For the TypeORM command line and the drift test: `npm run migrate:new` needs a DATABASE_URL. */
import { config } from 'dotenv';
import { dataSourceFor } from './src/store/dataSource.js';

config({ quiet: true });

export default dataSourceFor(process.env.DATABASE_URL ?? 'postgres://localhost/usher');
