"""The first schema"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import models.columns

revision = '0001'
down_revision = None


def upgrade() -> None:
    """Forward."""
    op.create_table('alias',
    sa.Column('old_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('to_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.PrimaryKeyConstraint('old_id', 'from_run_id'),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('alias', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alias_profile_id'), ['profile_id'], unique=False)

    op.create_table('approval',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('occurrence', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('plan_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('approved', sa.Boolean(), nullable=False),
    sa.Column('who', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('at', models.columns.UtcSeconds(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('campaign',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('segment', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('topic', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('file_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('consent',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('topic', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('granted', sa.Boolean(), nullable=False),
    sa.Column('at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('evidence', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.create_index('ix_consent_profile', ['profile_id', 'channel', 'topic'], unique=False)
        batch_op.create_index('ix_consent_record', ['record_id'], unique=False)

    op.create_table('content',
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('template_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('plain', sa.Text(), nullable=False),
    sa.Column('created_at', models.columns.UtcSeconds(), nullable=False),
    sa.PrimaryKeyConstraint('hash')
    )
    op.create_table('event',
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('item', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('amount_fen', sa.BigInteger(), nullable=True),
    sa.Column('quantity', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('campaign', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('text_1', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('text_2', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('text_3', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('text_4', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('number_1', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('number_2', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('number_3', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('number_4', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.PrimaryKeyConstraint('profile_id', 'at', 'id'),
    sa.UniqueConstraint('id'),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index('ix_event_at', ['at', 'type'], unique=False)
        batch_op.create_index('ix_event_record', ['record_id'], unique=False)

    op.create_table('event_payload',
    sa.Column('event_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('event_id')
    )
    op.create_table('lease',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('holder', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('token', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('acquired_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('expires_at', models.columns.UtcSeconds(), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('material',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('valid_from', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('valid_to', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('name', 'hash')
    )
    op.create_table('orders',
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('item', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('amount_fen', sa.BigInteger(), nullable=True),
    sa.Column('quantity', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('campaign', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('ordered_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('paid_at', models.columns.UtcSeconds(), nullable=True),
    sa.PrimaryKeyConstraint('number')
    )
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.create_index('ix_orders_profile', ['profile_id'], unique=False)
        batch_op.create_index('ix_orders_record', ['record_id'], unique=False)

    op.create_table('product',
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('price_fen', sa.BigInteger(), nullable=True),
    sa.Column('link', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('valid_from', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('valid_to', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_table('profile',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('records', sa.Integer(), nullable=False),
    sa.Column('sources', sa.Integer(), nullable=False),
    sa.Column('created_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('changed_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('phone', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('gender', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('birthday', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('province', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('city', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('company', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('interest', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('source_channel', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('service_state', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('exam_date', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('created_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('updated_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('text_1', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('text_2', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('text_3', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('text_4', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('text_5', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('text_6', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('text_7', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('text_8', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('number_1', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('number_2', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('number_3', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('number_4', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('profile_event',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('what', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('other_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('happened_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('detail', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('profile_event', schema=None) as batch_op:
        batch_op.create_index('ix_profile_event_profile', ['profile_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_profile_event_run_id'), ['run_id'], unique=False)

    op.create_table('profile_tag',
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tag', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('since_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('profile_id', 'tag'),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('profile_tag', schema=None) as batch_op:
        batch_op.create_index('ix_profile_tag_tag', ['tag', 'profile_id'], unique=False)

    op.create_table('quarantine',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('file', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('row_number', sa.Integer(), nullable=False),
    sa.Column('row_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('first_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seen_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('resolved_at', models.columns.UtcSeconds(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('source', 'row_hash')
    )
    with op.batch_alter_table('quarantine', schema=None) as batch_op:
        batch_op.create_index('ix_quarantine_open', ['source', 'resolved_at'], unique=False)

    op.create_table('record',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('source_pk', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('first_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('changed_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('deleted_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('attributes', sa.Text(), nullable=True),
    sa.Column('normalised_by', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('source', 'source_pk')
    )
    op.create_table('refund',
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('order_number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('amount_fen', sa.BigInteger(), nullable=True),
    sa.Column('refunded_at', models.columns.UtcSeconds(), nullable=False),
    sa.PrimaryKeyConstraint('number')
    )
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.create_index('ix_refund_order', ['order_number'], unique=False)

    op.create_table('run',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('flow', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('as_of_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('now_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('dry_run', sa.Boolean(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('started_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('finished_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('prefect_run_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('error', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_run_prefect_run_id'), ['prefect_run_id'], unique=False)

    op.create_table('segment',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('rule_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('name')
    )
    op.create_table('slot',
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('slot', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('owner', 'name')
    )
    op.create_table('source_delivery',
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('new', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('same', sa.Integer(), nullable=False),
    sa.Column('deleted', sa.Integer(), nullable=False),
    sa.Column('quarantined', sa.Integer(), nullable=False),
    sa.Column('facts', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('run_id', 'source')
    )
    op.create_table('source_state',
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('fingerprint', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('watermark_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('read_at', models.columns.UtcSeconds(), nullable=False),
    sa.PrimaryKeyConstraint('source')
    )
    op.create_table('suppression',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('address', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('since_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('until_at', models.columns.UtcSeconds(), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('record_id', 'address', 'channel', 'reason')
    )
    with op.batch_alter_table('suppression', schema=None) as batch_op:
        batch_op.create_index('ix_suppression_record', ['record_id'], unique=False)

    op.create_table('tag',
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('group', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('owner', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('says', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('rule_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('retired_at', models.columns.UtcSeconds(), nullable=True),
    sa.PrimaryKeyConstraint('name'),
    sa.UniqueConstraint('number')
    )
    op.create_table('tag_change',
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tag', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('entered', sa.Boolean(), nullable=False),
    sa.Column('at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('cause', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('run_id', 'profile_id', 'tag'),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('tag_change', schema=None) as batch_op:
        batch_op.create_index('ix_tag_change_profile', ['profile_id', 'tag'], unique=False)

    op.create_table('tag_count',
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('tag', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('profiles', sa.Integer(), nullable=False),
    sa.Column('entered', sa.Integer(), nullable=False),
    sa.Column('left', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('run_id', 'tag')
    )
    op.create_table('tag_run',
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('as_of_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('library_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('cuts', sa.Text(), nullable=False),
    sa.Column('full', sa.Boolean(), nullable=False),
    sa.Column('entered', sa.Integer(), nullable=False),
    sa.Column('left', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('run_id')
    )
    op.create_table('template_version',
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('content', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('first_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('hash')
    )
    op.create_table('touched',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('claimed_by_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('touched', schema=None) as batch_op:
        batch_op.create_index('ix_touched_claim', ['claimed_by_run_id'], unique=False)

    op.create_table('audience',
    sa.Column('campaign', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('occurrence', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('segment', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('as_of_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('frozen_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('plan_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('decided_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('rendered_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('queued_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['campaign'], ['campaign.name'], ),
    sa.PrimaryKeyConstraint('campaign', 'occurrence')
    )
    op.create_table('edge',
    sa.Column('left_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('right_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('strength', sa.String(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['left_id'], ['record.id'], ),
    sa.ForeignKeyConstraint(['right_id'], ['record.id'], ),
    sa.PrimaryKeyConstraint('left_id', 'right_id', 'kind', 'type', 'scope', 'value'),
    sqlite_with_rowid=False
    )
    op.create_table('golden_value',
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('attribute', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rule', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], ),
    sa.PrimaryKeyConstraint('profile_id', 'attribute'),
    sqlite_with_rowid=False
    )
    op.create_table('identifier',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('strength', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], ),
    sa.PrimaryKeyConstraint('record_id', 'type', 'scope', 'value'),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('identifier', schema=None) as batch_op:
        batch_op.create_index('ix_identifier_value', ['type', 'scope', 'value'], unique=False)

    op.create_table('membership',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('from_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('to_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], ),
    sa.PrimaryKeyConstraint('record_id', 'from_run_id'),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index('ix_membership_profile', ['profile_id'], unique=False)
        batch_op.create_index('ux_membership_current', ['record_id'], unique=True, sqlite_where=sa.text('to_run_id IS NULL'), postgresql_where=sa.text('to_run_id IS NULL'))

    op.create_table('message',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('campaign', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('occurrence', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('address', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('topic', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('content_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('not_before_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('provider_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('claim', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('claimed_until_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('created_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('changed_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['content_hash'], ['content.hash'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('campaign', 'occurrence', 'profile_id')
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index('ix_message_claim', ['claim'], unique=False, sqlite_where=sa.text('claim IS NOT NULL'), postgresql_where=sa.text('claim IS NOT NULL'))
        batch_op.create_index('ix_message_due', ['channel', 'not_before_at'], unique=False, sqlite_where=sa.text("status = 'queued'"), postgresql_where=sa.text("status = 'queued'"))
        batch_op.create_index('ix_message_open', ['status'], unique=False, sqlite_where=sa.text("status IN ('queued', 'sending', 'unknown')"), postgresql_where=sa.text("status IN ('queued', 'sending', 'unknown')"))
        batch_op.create_index('ix_message_profile', ['profile_id', 'created_at'], unique=False)

    op.create_table('record_version',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('content_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], ),
    sa.PrimaryKeyConstraint('record_id', 'version'),
    sqlite_with_rowid=False
    )
    op.create_table('run_stage',
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('stage', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('started_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('finished_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('milliseconds', sa.Integer(), nullable=False),
    sa.Column('counts', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['run.id'], ),
    sa.PrimaryKeyConstraint('run_id', 'stage')
    )
    op.create_table('attempt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('started_at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('finished_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('error', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('provider_id', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('message_id', 'number')
    )
    op.create_table('receipt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('message_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('provider_id', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['message_id'], ['message.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('channel', 'provider_id', 'kind', 'at')
    )
    op.create_table('recipient',
    sa.Column('campaign', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('occurrence', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('channel', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('address', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('not_before_at', models.columns.UtcSeconds(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('detail', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('content_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.ForeignKeyConstraint(['campaign', 'occurrence'], ['audience.campaign', 'audience.occurrence'], ),
    sa.ForeignKeyConstraint(['content_hash'], ['content.hash'], ),
    sa.PrimaryKeyConstraint('campaign', 'occurrence', 'profile_id'),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.create_index('ix_recipient_profile', ['profile_id'], unique=False)



def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('recipient', schema=None) as batch_op:
        batch_op.drop_index('ix_recipient_profile')

    op.drop_table('recipient')
    op.drop_table('receipt')
    op.drop_table('attempt')
    op.drop_table('run_stage')
    op.drop_table('record_version')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index('ix_message_profile')
        batch_op.drop_index('ix_message_open', sqlite_where=sa.text("status IN ('queued', 'sending', 'unknown')"), postgresql_where=sa.text("status IN ('queued', 'sending', 'unknown')"))
        batch_op.drop_index('ix_message_due', sqlite_where=sa.text("status = 'queued'"), postgresql_where=sa.text("status = 'queued'"))
        batch_op.drop_index('ix_message_claim', sqlite_where=sa.text('claim IS NOT NULL'), postgresql_where=sa.text('claim IS NOT NULL'))

    op.drop_table('message')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index('ux_membership_current', sqlite_where=sa.text('to_run_id IS NULL'), postgresql_where=sa.text('to_run_id IS NULL'))
        batch_op.drop_index('ix_membership_profile')

    op.drop_table('membership')
    with op.batch_alter_table('identifier', schema=None) as batch_op:
        batch_op.drop_index('ix_identifier_value')

    op.drop_table('identifier')
    op.drop_table('golden_value')
    op.drop_table('edge')
    op.drop_table('audience')
    with op.batch_alter_table('touched', schema=None) as batch_op:
        batch_op.drop_index('ix_touched_claim')

    op.drop_table('touched')
    op.drop_table('template_version')
    op.drop_table('tag_run')
    op.drop_table('tag_count')
    with op.batch_alter_table('tag_change', schema=None) as batch_op:
        batch_op.drop_index('ix_tag_change_profile')

    op.drop_table('tag_change')
    op.drop_table('tag')
    with op.batch_alter_table('suppression', schema=None) as batch_op:
        batch_op.drop_index('ix_suppression_record')

    op.drop_table('suppression')
    op.drop_table('source_state')
    op.drop_table('source_delivery')
    op.drop_table('slot')
    op.drop_table('segment')
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_run_prefect_run_id'))

    op.drop_table('run')
    with op.batch_alter_table('refund', schema=None) as batch_op:
        batch_op.drop_index('ix_refund_order')

    op.drop_table('refund')
    op.drop_table('record')
    with op.batch_alter_table('quarantine', schema=None) as batch_op:
        batch_op.drop_index('ix_quarantine_open')

    op.drop_table('quarantine')
    with op.batch_alter_table('profile_tag', schema=None) as batch_op:
        batch_op.drop_index('ix_profile_tag_tag')

    op.drop_table('profile_tag')
    with op.batch_alter_table('profile_event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_profile_event_run_id'))
        batch_op.drop_index('ix_profile_event_profile')

    op.drop_table('profile_event')
    op.drop_table('profile')
    op.drop_table('product')
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.drop_index('ix_orders_record')
        batch_op.drop_index('ix_orders_profile')

    op.drop_table('orders')
    op.drop_table('material')
    op.drop_table('lease')
    op.drop_table('event_payload')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index('ix_event_record')
        batch_op.drop_index('ix_event_at')

    op.drop_table('event')
    op.drop_table('content')
    with op.batch_alter_table('consent', schema=None) as batch_op:
        batch_op.drop_index('ix_consent_record')
        batch_op.drop_index('ix_consent_profile')

    op.drop_table('consent')
    op.drop_table('campaign')
    op.drop_table('approval')
    with op.batch_alter_table('alias', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alias_profile_id'))

    op.drop_table('alias')
