import { DatabaseModule } from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { Module } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import { database } from './database.js';

@Module({
  imports: [IdentityModule.forService(), DatabaseModule.with(database), AccountsModule],
})
export class AppModule {}
