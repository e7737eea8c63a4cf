//! Numbers of requests and answers, by their names in RocketMQ's `RequestCode` and `ResponseCode`.

pub(in super::super) const SEND_MESSAGE: i32 = 10;
pub(in super::super) const PULL_MESSAGE: i32 = 11;
pub(in super::super) const UPDATE_AND_CREATE_TOPIC: i32 = 17;
pub(in super::super) const UPDATE_AND_CREATE_TOPIC_LIST: i32 = 18;
pub(in super::super) const GET_ALL_TOPIC_CONFIG: i32 = 21;
pub(in super::super) const GET_BROKER_RUNTIME_INFO: i32 = 28;
pub(in super::super) const GET_ROUTEINFO_BY_TOPIC: i32 = 105;
pub(in super::super) const UPDATE_AND_CREATE_SUBSCRIPTIONGROUP: i32 = 200;
pub(in super::super) const GET_ALL_SUBSCRIPTIONGROUP_CONFIG: i32 = 201;
pub(in super::super) const GET_TOPIC_STATS_INFO: i32 = 202;
pub(in super::super) const GET_CONSUMER_CONNECTION_LIST: i32 = 203;
pub(in super::super) const GET_ALL_TOPIC_LIST_FROM_NAMESERVER: i32 = 206;
pub(in super::super) const DELETE_SUBSCRIPTIONGROUP: i32 = 207;
pub(in super::super) const DELETE_TOPIC_IN_BROKER: i32 = 215;
pub(in super::super) const DELETE_TOPIC_IN_NAMESRV: i32 = 216;
pub(in super::super) const UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST: i32 = 225;
pub(in super::super) const GET_TOPIC_CONFIG: i32 = 351;
pub(in super::super) const GET_BROKER_HA_STATUS: i32 = 907;

pub(in super::super) const SUCCESS: i32 = 0;
pub(in super::super) const TOPIC_NOT_EXIST: i32 = 17;
pub(in super::super) const CONSUMER_NOT_ONLINE: i32 = 206;
