import { domainProblem } from './dist/entry/domain.js';
import { toInterval } from './dist/entry/interval.js';
import { checkEntry } from './dist/entry/check.js';
import { checkPlainCredential } from './dist/entry/plain-credential.js';
import { crossFieldIssues } from './dist/entry/rules.js';
import { TotpSecret } from './dist/totp/totp-secret.js';
import { fields } from './dist/entry/fields.js';
import * as v from 'valibot';
const entry = {permissioned_user_id:'user-1',domain:'https://portal.example.com',user_name:'ada@example.com',password:'correct horse battery staple',tfa_secret:'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',tfa_method:'AUTHENTICATOR',persist_cookies:true,expiry_time_from_last_use:'01:30:00'};
const opts={operation:'create',allowUnknown:[],checkCredential:(p,x)=>checkPlainCredential(p,x,()=>false)};
const B={check:()=>checkEntry(entry,opts),domain:()=>domainProblem(entry.domain),canParse:()=>URL.canParse(entry.domain),url:()=>new URL(entry.domain).hostname,interval:()=>toInterval('01:30:00'),cross:()=>crossFieldIssues(entry),totp:()=>TotpSecret.parse(entry.tfa_secret),v_flag:()=>v.safeParse(fields.persist_cookies.schema,true),v_dom:()=>v.safeParse(fields.domain.schema,entry.domain),v_int:()=>v.safeParse(fields.expiry_time_from_last_use.schema,'01:30:00'),v_pick:()=>v.safeParse(fields.tfa_method.schema,'AUTHENTICATOR'),v_uid:()=>v.safeParse(fields.permissioned_user_id.schema,'user-1'),re:()=>/[\p{Cc}\p{Cs}\\]|\s/u.test(entry.domain),spread:()=>({...entry})};
for(const k in B){for(let i=0;i<3000;i++)B[k]();}
for(const k in B){const t=[];for(let r=0;r<31;r++){const s=process.hrtime.bigint();for(let i=0;i<1000;i++)B[k]();t.push(Number(process.hrtime.bigint()-s)/1e6)}console.log(k.padEnd(10),t.sort((a,b)=>a-b)[15].toFixed(3),'µs')}
