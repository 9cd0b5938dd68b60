import { DatabaseModule } from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { Module } from '@nestjs/common';
import { CredentialsModule } from './credentials/credentials.module.js';
import { VerifyController } from './permissions/verify.controller.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SignInModule } from './sign-in/sign-in.module.js';
import { database } from './database.js';

@Module({
  imports: [
    IdentityModule.forService(),
    DatabaseModule.with(database),
    SessionsModule,
    CredentialsModule,
    SignInModule,
  ],
  controllers: [VerifyController],
})
export class AppModule {}
