-- What there was before gets its places too, in the order of its times. In a migration of its own: while a
-- trigger is made, nobody can leave an entry, and this takes as long as there are entries.
INSERT INTO audit_pending (tenant, entry_id)
SELECT e.tenant, e.entry_id FROM audit_entries e
WHERE NOT EXISTS (SELECT FROM audit_pending p WHERE p.tenant = e.tenant AND p.entry_id = e.entry_id)
  AND NOT EXISTS (SELECT FROM audit_leaves l WHERE l.tenant = e.tenant AND l.entry_id = e.entry_id)
ORDER BY e.at, e.entry_id;
