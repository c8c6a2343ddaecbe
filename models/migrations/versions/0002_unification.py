"""Decisions, review, components, hand-overs, erasure"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import models.columns

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    """Forward."""
    op.create_table('demotion',
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('holders', sa.Integer(), nullable=False),
    sa.Column('names', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('type', 'scope', 'value'),
    sqlite_with_rowid=False
    )
    op.create_table('erasure',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('who', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('counts', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_erasure_profile_id'), ['profile_id'], unique=False)

    op.create_table('handover',
    sa.Column('profile_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('profile_id'),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handover_record_id'), ['record_id'], unique=False)

    op.create_table('stale_record',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.PrimaryKeyConstraint('record_id')
    )
    op.create_table('stale_value',
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.PrimaryKeyConstraint('type', 'scope', 'value'),
    sqlite_with_rowid=False
    )
    op.create_table('unify_state',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('rules_hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('counts', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_table('unify_stop',
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('says', sa.Text(), nullable=False),
    sa.Column('wanted', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('run_id')
    )
    op.create_table('decision',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('verdict', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('left_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('right_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('retracts_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('batch', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('who', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('at', models.columns.UtcSeconds(), nullable=False),
    sa.Column('seen_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['left_id'], ['record.id'], ),
    sa.ForeignKeyConstraint(['retracts_id'], ['decision.id'], ),
    sa.ForeignKeyConstraint(['right_id'], ['record.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.create_index('ix_decision_pair', ['left_id', 'right_id'], unique=False)
        batch_op.create_index('ix_decision_value', ['type', 'scope', 'value'], unique=False)

    op.create_table('erased_hash',
    sa.Column('hash', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('erasure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['erasure_id'], ['erasure.id'], ),
    sa.PrimaryKeyConstraint('hash'),
    sqlite_with_rowid=False
    )
    op.create_table('poisoned_value',
    sa.Column('record_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], ),
    sa.PrimaryKeyConstraint('record_id', 'type', 'scope', 'value'),
    sqlite_with_rowid=False
    )
    op.create_table('review_item',
    sa.Column('left_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('right_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('type', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('scope', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('value', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('weight', sa.Float(), nullable=True),
    sa.Column('opened_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('closed_run_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['left_id'], ['record.id'], ),
    sa.ForeignKeyConstraint(['right_id'], ['record.id'], ),
    sa.PrimaryKeyConstraint('left_id', 'right_id'),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('review_item', schema=None) as batch_op:
        batch_op.create_index('ix_review_item_open', ['left_id'], unique=False, sqlite_where=sa.text('closed_run_id IS NULL'), postgresql_where=sa.text('closed_run_id IS NULL'))

    with op.batch_alter_table('edge', schema=None) as batch_op:
        batch_op.add_column(sa.Column('weight', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('detail', sa.Text(), server_default='', nullable=False))

    with op.batch_alter_table('identifier', schema=None) as batch_op:
        batch_op.drop_index('ix_identifier_value')
        batch_op.create_index('ix_identifier_value', ['type', 'scope', 'value', 'record_id', 'strength'], unique=False)

    with op.batch_alter_table('profile', schema=None) as batch_op:
        batch_op.add_column(sa.Column('component_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), server_default='0', nullable=False))
        batch_op.create_index(batch_op.f('ix_profile_component_id'), ['component_id'], unique=False)

    with op.batch_alter_table('source_delivery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('erased', sa.Integer(), server_default='0', nullable=False))

    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.create_index('ix_record_pending', ['id'], unique=False, sqlite_where=sa.text('normalised_by IS NULL'), postgresql_where=sa.text('normalised_by IS NULL'))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.drop_index('ix_record_pending', sqlite_where=sa.text('normalised_by IS NULL'), postgresql_where=sa.text('normalised_by IS NULL'))

    with op.batch_alter_table('source_delivery', schema=None) as batch_op:
        batch_op.drop_column('erased')

    with op.batch_alter_table('profile', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_profile_component_id'))
        batch_op.drop_column('component_id')

    with op.batch_alter_table('identifier', schema=None) as batch_op:
        batch_op.drop_index('ix_identifier_value')
        batch_op.create_index('ix_identifier_value', ['type', 'scope', 'value'], unique=False)

    with op.batch_alter_table('edge', schema=None) as batch_op:
        batch_op.drop_column('detail')
        batch_op.drop_column('weight')

    with op.batch_alter_table('review_item', schema=None) as batch_op:
        batch_op.drop_index('ix_review_item_open', sqlite_where=sa.text('closed_run_id IS NULL'), postgresql_where=sa.text('closed_run_id IS NULL'))

    op.drop_table('review_item')
    op.drop_table('poisoned_value')
    op.drop_table('erased_hash')
    with op.batch_alter_table('decision', schema=None) as batch_op:
        batch_op.drop_index('ix_decision_value')
        batch_op.drop_index('ix_decision_pair')

    op.drop_table('decision')
    op.drop_table('unify_stop')
    op.drop_table('unify_state')
    op.drop_table('stale_value')
    op.drop_table('stale_record')
    with op.batch_alter_table('handover', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_handover_record_id'))

    op.drop_table('handover')
    with op.batch_alter_table('erasure', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_erasure_profile_id'))

    op.drop_table('erasure')
    op.drop_table('demotion')
